"""The employee master against a model: random acts in random orders, one by one and several at once (issue 3).

`model` says what the services promise, in plain Python; the `acts_…` are the acts, one small class each; `world` is
the same in the database; `invariants` hold whatever happens; `machine` drives acts one by one, `together` at once.
"""
