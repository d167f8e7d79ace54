"""The stops of a Weihai technician class and of a Jinan practice class, walked by `tests/browser/test_delivery_walks.py`."""
