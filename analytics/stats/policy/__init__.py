"""The recipe policy: what to choose for the next video, learned from how the audience took the earlier ones.

``space`` names the choices, ``observations`` turns rewards into rows, ``segments`` finds audiences with different tastes,
``model`` is the Bayesian regression, ``learning`` puts them together and writes the document that creation reads, ``gate``
judges it offline and ``canary`` on new videos. Plain Python.
"""
