"""How a PDF is signed and checked: plain Python over bytes, the only importer of pyHanko (style, design section 6).

Nothing here knows Django, a database, an office or a user. Times, trust anchors and addresses are parameters; a new
validation context is made for every operation, because a shared one deadlocks between threads (signing.md section 0).
"""

import logging

from signatures.engine import hex_strings, same_names, words_of_pdf

# pyHanko logs whom it asks about, by name. Logs carry ids only (design 10); what matters comes back as codes.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

hex_strings.install()
same_names.install()
words_of_pdf.install()
