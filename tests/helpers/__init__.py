"""What tests of several rooms share: oracles, random programs, arrays of the shapes that bite, sessions and shells."""
