"""Labelled images to a model: catalogue, augmentation, fit, evaluation. Not needed to predict."""
