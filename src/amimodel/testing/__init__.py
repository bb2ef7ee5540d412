"""For tests of code that deals with images: strategies, laws, and the exploring of small worlds.

`strategies` has a Hypothesis strategy for every noun of amimodel, and for requests:

    from hypothesis import given
    from amimodel.testing.strategies import images

    @given(images(state="available"))
    def test_whatever_is_available_is_backed_up(image): ...

`laws` has what holds of every step, whatever is asked of whatever world; `exploring` asks everything in every state of
a small scope, and holds the laws against each step.

Nothing of these needs pytest. Where Hypothesis and amimodel are both installed, `hypothesis.strategies.from_type` knows
the nouns, too, without anything being imported for it.
"""
