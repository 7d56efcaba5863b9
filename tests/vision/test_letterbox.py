import numpy as np

from moodscore.vision.letterbox import BarFinder, Crop


def crop_of(*pictures):
    finder = BarFinder(*pictures[0].shape[:2])
    for picture in pictures:
        finder.see(picture)
    return finder.crop()


def test_bars_are_what_is_black_in_every_picture():
    one, two = np.zeros((2, 20, 30, 3), dtype=np.uint8)
    one[5:9, 3:20, 0] = 100
    two[7:15, 10:25, 2] = 40
    # Lit are rows 5 to 14 and columns 3 to 24; two more go with the blurred border of each bar.
    assert crop_of(one, two) == Crop(7, 13, 5, 23)


def test_a_side_without_a_bar_is_kept_whole():
    picture = np.zeros((20, 30, 3), dtype=np.uint8)
    picture[:15, 10:] = 90
    assert crop_of(picture) == Crop(0, 13, 12, 30)
    assert crop_of(np.full((20, 30, 3), 90, dtype=np.uint8)) == Crop(0, 20, 0, 30)


def test_a_thin_line_is_kept():
    picture = np.zeros((20, 30, 3), dtype=np.uint8)
    picture[9:12, 8:28] = 90
    assert crop_of(picture) == Crop(9, 12, 10, 26)


def test_nearly_black_is_black_and_black_inside_stays():
    picture = np.full((20, 30, 3), 16, dtype=np.uint8)
    picture[4, 6], picture[15, 25] = 17, 255
    crop = crop_of(picture)
    assert crop == Crop(6, 14, 8, 24)
    assert crop.of(picture).shape == (8, 16, 3)


def test_a_black_clip_keeps_its_frame():
    assert crop_of(np.zeros((20, 30, 3), dtype=np.uint8)) == Crop(0, 20, 0, 30)


def test_near_crops_differ_by_the_blur_at_most():
    crop = Crop(40, 216, 0, 256)
    assert crop.is_near(Crop(38, 217, 0, 256))
    assert not crop.is_near(Crop(37, 216, 0, 256))
    assert not crop.is_near(Crop(40, 216, 0, 253))


def test_without_a_picture_the_frame_is_whole():
    assert BarFinder(20, 30).crop() == Crop(0, 20, 0, 30)


def lit(rows, columns, level=90, side=100):
    picture = np.zeros((side, side, 3), dtype=np.uint8)
    picture[rows, columns] = level
    return picture


def shows_bars(*pictures):
    finder = BarFinder(*pictures[0].shape[:2])
    for picture in pictures:
        finder.see(picture)
    return finder.has_bars()


def test_bars_are_alike_and_not_too_wide_and_end_in_light():
    everywhere = slice(None)
    assert shows_bars(lit(slice(12, 88), everywhere))
    assert shows_bars(lit(everywhere, slice(34, 66)))
    assert shows_bars(lit(slice(12, 88), slice(10, 90)))
    assert not shows_bars(lit(slice(12, 100), everywhere))  # a dark sky
    assert not shows_bars(lit(slice(40, 60), everywhere))  # a line of writing
    corner = lit(slice(12, 88), slice(45, 55))
    corner[30:70] = 90  # a candle before a wall: its ends are narrow
    assert not shows_bars(corner)
    assert shows_bars(lit(everywhere, everywhere))


def test_a_finder_joins_what_another_one_saw():
    one, other = BarFinder(100, 100), BarFinder(100, 100)
    one.see(lit(slice(20, 60), slice(0, 100)))
    other.see(lit(slice(40, 80), slice(0, 100)))
    one.join(other)
    assert one.crop() == crop_of(lit(slice(20, 80), slice(0, 100)))


def test_the_common_part_of_two_crops():
    one, other = Crop(10, 90, 0, 100), Crop(0, 80, 20, 90)
    common = one.common(other)
    assert common == Crop(10, 80, 20, 90)
    picture = np.random.default_rng(0).integers(0, 256, (100, 100, 3))
    for outer in (one, other):
        np.testing.assert_array_equal(common.within(outer).of(outer.of(picture)), common.of(picture))
