"""What ./run and ./test do. Two stages: the machine's Python makes .venv, then .venv's Python does the rest."""
