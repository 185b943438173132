"""Commands of the house: the sample study, pictures to train on, averaged and shipped weights."""
