"""How a PDF is signed and checked: plain Python over bytes, the only importer of pyHanko (style, design section 6).

Nothing here knows Django, a database, an office or a user. Times, trust anchors and addresses are parameters; a new
validation context is made for every operation, because a shared one deadlocks between threads (signing.md section 0).
"""
