"""The words after `peibu policy`, one file each."""
