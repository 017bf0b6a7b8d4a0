"""Convex hulls by scikit-image, and by what linear programs say of single pixels."""

import warnings

import numpy as np
import scipy.optimize
import skimage.morphology


def scikit_images(mask):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an empty mask
        return skimage.morphology.convex_hull_image(mask)


def by_programs(mask):
    """Each pixel by itself: whether it is a mixture of the points that stand for those that are on."""
    half = np.concatenate([np.eye(mask.ndim), -np.eye(mask.ndim)]) / 2
    points = (np.argwhere(mask)[:, None] + half).reshape(-1, mask.ndim).T
    result = np.zeros_like(mask)
    for place in np.ndindex(mask.shape):
        mixture = {"A_eq": np.vstack([points, np.ones(points.shape[1])]), "b_eq": [*place, 1]}
        result[place] = scipy.optimize.linprog(np.zeros(points.shape[1]), **mixture).status == 0
    return result


def points_in(shape, *places):
    mask = np.zeros(shape, bool)
    for place in places:
        mask[place] = True
    return mask
