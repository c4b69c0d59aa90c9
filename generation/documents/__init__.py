"""A text of the creator's own becomes the few sentences worth telling: read as a whole, ranked, shortened, in order.

``python -c "from generation.documents.summary import summary_of; …"`` opens in a notebook. Nothing here is invented: a
sentence is told as it stands, or with something left out that changes neither numbers nor names nor negation.
"""
