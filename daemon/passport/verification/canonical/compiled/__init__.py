"""The fast way from JSON-LD to statements: known contexts become tables once, documents are then read in one pass.

Whatever is not surely the same as in full JSON-LD is handed back (`UnsureError`), and PyLD answers: this way may only
agree or stay silent. It never refuses a document, so that a fault in it cannot make a good badge a forged one either.
"""
