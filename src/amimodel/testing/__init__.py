"""For tests of code that deals with images: Hypothesis strategies for every noun of amimodel.

    from hypothesis import given
    from amimodel.testing.strategies import images

    @given(images(state="available"))
    def test_whatever_is_available_is_backed_up(image): ...

Nothing here needs pytest. Where Hypothesis and amimodel are both installed, `hypothesis.strategies.from_type` knows the
nouns, too, without anything being imported for it.
"""
