"""Rules that hold for the whole product: who gets in where, how the tree looks, what pages cost and carry."""
