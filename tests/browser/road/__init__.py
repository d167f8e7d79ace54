"""The ten stops of the road, one module per stop; `tests/browser/test_road.py` walks them in order."""
