"""The edge: addresses, forms, serializers, views. Each validates, calls one service or selector, and answers."""
