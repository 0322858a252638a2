#!/usr/bin/env bash
# Measure this code on a CUDA device, in under eight minutes, with nothing but this repository and a Python with torch:
#     bash benchmarks/device.sh [--small]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
if ! "$python" -c 'import torch, torchvision, PIL, safetensors, huggingface_hub, numpy'; then
    "$python" -m venv --system-site-packages .venv-device
    python=.venv-device/bin/python
    "$python" -m pip install -q -r requirements.txt
fi
PYTHONUNBUFFERED=1 "$python" -m benchmarks.device "$@"
