#!/bin/sh
# Make .venv with a Python that is new enough, and install the pinned requirements and course_utils.
# PYTHON names the interpreter; TORCH_INDEX an extra package index (CPU wheels of torch on Linux).
set -eu
cd "$(dirname "$0")/.."

new_enough='import sys; raise SystemExit(sys.version_info < (3, 11))'
found=''
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    version=$("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
    if "$candidate" -c "$new_enough"; then
        python=$candidate
        break
    fi
    found="$found $candidate is $version;"
done
if [ -z "${python:-}" ]; then
    echo "The course needs Python 3.11 or newer;${found:- none was found}" >&2
    echo "Install one, or name it: make site PYTHON=/path/to/python3.11" >&2
    exit 1
fi

echo "Setting up .venv with Python $version (once; some minutes) ..."
[ -x .venv/bin/python ] && .venv/bin/python -c "$new_enough" 2>/dev/null || "$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
# Every Python of this environment gets the repair of `import torchvision` (course_utils/_torchvision.py).
.venv/bin/python -c 'import pathlib, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "course_utils_torchvision.pth").write_text("import course_utils\n")'
touch .venv/.ready
