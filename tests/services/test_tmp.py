def test_packs(world):
    p = world.packed(packs=20)
    assert world.on_hand(p.lot) == (2000, 20) and world.breaches() == ()
