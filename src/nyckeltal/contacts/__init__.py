"""The canonical facts and the organisation: everyone's vocabulary, and the store that keeps them."""
