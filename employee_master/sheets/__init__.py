"""Staff sheets as offices send them: read, columns found, cells cleaned, rows judged; plain Python.

`reading.read_sheet`, then `columns.match_columns`, then `judge.judge_sheet`. `template` writes sheets to fill in, and
`corrected` those to put right.
"""
