"""The tests; their tree is the tree of the package."""
