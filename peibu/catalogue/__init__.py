"""Dated catalogues of occupations and specialities, searched by fragment and sound; the demand workers register."""
