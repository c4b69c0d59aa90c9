"""Numbers as words: ``chinese`` and ``english`` each count, read digit by digit, and say decimals."""
