"""The rules of the trade and of both ledgers: no framework, no clock, no randomness, no environment.

Whatever varies (the moment, who asks, what is on hand, the profile of the GI) arrives as an argument.
A thing refused is an exception of `errors`; a thing decided is a frozen value to be kept.
"""
