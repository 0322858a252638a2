"""What does scikit-learn say of these scores? Recorded once, so that the suite needs no scikit-learn.

python -m tests.datasets.record_sklearn     (in an environment that has it)
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

RECORDED = Path(__file__).parent / "data" / "sklearn.json"
PICTURES, TAGS, THRESHOLD = 200, 12, 0.4


def made_up() -> tuple[np.ndarray, np.ndarray]:
    """Return scores [N, T] with ties and zeros, and whether each is deserved: rarely, often, one never, one always."""
    random = np.random.default_rng(5)
    deserved = random.random((PICTURES, TAGS)) < np.linspace(0.01, 0.9, TAGS)
    deserved[:, 10], deserved[:, 11] = False, True
    scores = np.clip(0.35 * deserved + random.beta(1.0, 3.0, (PICTURES, TAGS)), 0.0, 1.0)
    scores[:, ::2] = np.round(scores[:, ::2], 1)  # ties
    scores[scores < 0.01] = 0.0
    return scores.astype(np.float32), deserved


def main() -> None:
    """Record."""
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support

    scores, deserved = made_up()
    said = scores > np.float32(THRESHOLD)
    each = precision_recall_fscore_support(deserved, said, zero_division=0)
    found = {
        name: [float(value) for value in values]
        for name, values in zip(("precision", "recall", "f1"), each[:3], strict=True)
    }
    labels = [index for index in range(TAGS) if deserved[:, index].any()]
    for average in ("micro", "macro"):
        values = precision_recall_fscore_support(deserved, said, average=average, labels=labels, zero_division=0)
        found[average] = [float(value) for value in values[:3]]
    found["average_precision"] = [float(average_precision_score(deserved[:, i], scores[:, i])) for i in labels]
    RECORDED.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
