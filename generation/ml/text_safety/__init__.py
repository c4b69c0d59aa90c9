"""Is a text offensive? A classifier trained here on labelled texts, read by what they look like and how they sound.

``python -m generation.ml.text_safety train --data CSV(text,label) --output DIR`` trains one in a few minutes of one core;
``… evaluate --model DIR --data CSV`` prints its figures. A folder holds ``model.json`` and ``weights.npz``: no pickle.
"""

from generation.ml.text_safety.classifier import TextSafetyModel

__all__ = ["TextSafetyModel"]
