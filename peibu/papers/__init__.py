"""Everything that leaves as a document: PDF through typst, Excel sheets. Data in, bytes out. No Django.

The rule of the room: the caller hands over finished facts (masked where masking is due, amounts in fen), the room
draws them. It looks nothing up, knows no clock and no database, and the same input gives the same bytes.
"""
