"""Everything that leaves as a document: PDF through typst, Excel sheets. Data in, bytes out. No Django."""
