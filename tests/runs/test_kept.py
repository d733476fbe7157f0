"""What is made of the same many objects is made once, and never handed to others."""

from explorer.runs.kept import KEPT, MANY, kept


class Thing:
    pass


def test_it_is_made_once_for_the_same_objects_in_their_order_and_for_each_argument():
    made = []

    @kept
    def pair(things, argument):
        made.append(argument)
        return list(things), argument

    things = [Thing() for _ in range(MANY)]
    assert pair(iter(things), 1) is pair(list(things), 1)
    assert pair(things, 2) == (things, 2)
    assert pair(things[::-1], 1) == (things[::-1], 1)
    assert pair([*things, Thing()], 1)[0] != things
    assert made == [1, 2, 1, 1]
    for argument in range(3 * KEPT):
        pair(things, argument)
    assert pair(things, 0) == (things, 0), "made anew after so many others"
    assert made[-1] == 0


def test_objects_that_come_and_go_are_told_apart():
    """Python gives the address of what is gone to what comes."""

    @kept
    def ids(things):
        return [id(thing) for thing in things]

    for _ in range(100):
        things = [Thing() for _ in range(MANY)]
        assert ids(things) == [id(thing) for thing in things]
