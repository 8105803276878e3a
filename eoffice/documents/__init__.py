"""Papers: the document store, page images and text, drawing PDFs."""
