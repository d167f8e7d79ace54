# Sourced by ./run and ./test: finds a Python that is new enough and makes text UTF-8 whatever LANG says.
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
PYTHONUTF8=1
: "${LANG:=C.UTF-8}"
export PYTHONUTF8 LANG
PYTHON=
for candidate in "${PEIBU_PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then
        PYTHON=$candidate
        break
    fi
done
if [ -z "$PYTHON" ]; then
    echo "需要 Python 3.11 至 3.14 / Python 3.11 to 3.14 is needed. Debian: apt-get install python3 python3-pip" >&2
    exit 1
fi
