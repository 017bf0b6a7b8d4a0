"""The formats, a module each: what it declares as FORMAT is all there is to say of one. What they share is in `images`.

A module is found by its being here. Nothing else lists it.
"""
