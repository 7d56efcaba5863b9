import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.study import AnswerFolder, read_answers
from moodscore.study.answers import ANSWER_COLUMNS

FORM = (
    "Timestamp,Name (optional),Video 1 [Valence],Video 1 [Arousal],Preferred video,"
    "Video 2 [Valence],Video 2 [Arousal],Preferred video,"
    "Video 3 [Valence],Video 3 [Arousal],Preferred video,Comments\n"
)
FORM_ROW = "2020/05/01 10:00:00 am GMT+9,Anna,7,2,A,8,3,B,6,4,Either,nice one\n"


def page_file(key, *answers, rater="anna"):
    common = {"study_id": key.study_id, "seed": 7, "rater": rater, "answered_at": "2026-01-01T00:00:00Z"}
    lines = [",".join(ANSWER_COLUMNS)]
    for answer in answers:
        cells = common | {"position": 1} | answer
        lines.append(",".join(str(cells.get(name, "")) for name in ANSWER_COLUMNS))
    return "\r\n".join(lines) + "\r\n"


def rating(item, file, valence, arousal):
    return {"item": item, "answer": "rating", "file": file, "valence": valence, "arousal": arousal}


def preference(item, preferred, file_a, file_b):
    return {
        "item": item,
        "answer": "preference",
        "preferred": preferred,
        "file_a": file_a,
        "file_b": file_b,
    }


def refusal_of(folder, key):
    with pytest.raises(MoodscoreError) as caught:
        read_answers(folder, key)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(str(folder)).lstrip("/")


class TestThePage:
    def test_blinded_files_become_videos_and_systems(self, folder, key):
        answers = [rating(1, "f1.mp4", 7, 2), rating(1, "a1.mp4", 3, 4), rating(2, "f2.mp4", 9, 1)]
        ratings, preferences = read_answers(folder(anna_csv=page_file(key, *answers)), key)
        assert ratings.to_numpy().tolist() == [
            ["anna", "alps", "moodscore", 7.0, 2.0],
            ["anna", "alps", "paper", 3.0, 4.0],
            ["anna", "beach", "paper", 9.0, 1.0],
        ]
        assert preferences.empty and list(preferences) == ["rater", "video", "preferred"]

    def test_a_and_b_are_what_the_rater_was_shown_under_these_letters(self, folder, key):
        answers = [
            preference(1, "A", "a1.mp4", "f1.mp4"),
            preference(2, "A", "f2.mp4", "a2.mp4"),
            preference(3, "Either", "a3.mp4", "f3.mp4"),
        ]
        _, preferences = read_answers(folder(anna_csv=page_file(key, *answers)), key)
        assert preferences["preferred"].tolist() == ["paper", "paper", "either"]
        swapped = [preference(1, "B", "a1.mp4", "f1.mp4"), preference(2, "B", "f2.mp4", "a2.mp4")]
        _, preferences = read_answers(folder(anna_csv=page_file(key, *swapped)), key)
        assert preferences["preferred"].tolist() == ["moodscore", "moodscore"]

    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            (
                rating(1, "f1.mp4", 10, 2),
                "row 2, column valence: found '10', expected a number from 1 to 9",
            ),
            (rating(1, "f1.mp4", 7, ""), "row 2, column arousal: found nothing, expected a number from 1"),
            (rating(1, "x.mp4", 7, 2), "row 2, column file: found 'x.mp4', expected a file of the key"),
            (rating(2, "f1.mp4", 7, 2), "row 2, column item: found '2', expected 1"),
            (
                preference(1, "C", "a1.mp4", "f1.mp4"),
                "row 2, column preferred: found 'C', expected A or B or Either",
            ),
            (
                preference(1, "A", "a1.mp4", "a1.mp4"),
                "row 2, column file_b: found the same, expected another file than file_a",
            ),
            (preference(1, "A", "a1.mp4", "f2.mp4"), "row 2, column item: found '1', expected 2"),
            ({"answer": "guess"}, "row 2, column answer: found 'guess', expected rating or preference"),
            (
                rating(1, "f1.mp4", 7, 2) | {"rater": ""},
                "row 2, column rater: found nothing, expected a name or code",
            ),
            (
                rating(1, "f1.mp4", 7, 2) | {"study_id": "other"},
                "row 2, column study_id: found 'other', expected ",
            ),
        ],
    )
    def test_a_wrong_cell_is_named(self, folder, key, answer, message):
        assert refusal_of(folder(anna_csv=page_file(key, answer)), key).startswith(f"anna.csv, {message}")

    def test_a_file_handed_in_twice_counts_once(self, folder, key):
        text = page_file(key, rating(1, "f1.mp4", 7, 2), preference(1, "A", "a1.mp4", "f1.mp4"))
        ratings, preferences = read_answers(folder(one_csv=text, two_csv=text), key)
        assert len(ratings) == len(preferences) == 1

    def test_two_raters_of_one_name_are_refused(self, folder, key):
        one, two = (page_file(key, rating(1, "f1.mp4", score, 2)) for score in (7, 8))
        assert refusal_of(folder(one_csv=one, two_csv=two), key) == (
            "two.csv, row 2: found a second, different answer of rater 'anna' on the same video, "
            "expected one (the other is in one.csv, row 2)"
        )

    def test_a_name_may_hold_anything(self, folder, key):
        text = page_file(key, rating(1, "f1.mp4", 7, 2), rater='"Zoë ""Z"" 李,\r\nsecond"')
        assert read_answers(folder(z_csv=text), key)[0]["rater"].tolist() == ['Zoë "Z" 李,\r\nsecond']

    def test_a_missing_column_is_named(self, folder, key):
        text = page_file(key, rating(1, "f1.mp4", 7, 2)).replace("file_a", "other")
        assert refusal_of(folder(z_csv=text), key).startswith("z.csv, row 1, column file_a: found 0 of them")


class TestAForm:
    def test_scores_are_of_the_first_system_and_letters_of_the_versions(self, folder, key):
        ratings, preferences = read_answers(folder(form_csv=FORM + FORM_ROW), key)
        assert ratings.to_numpy().tolist() == [
            ["form.csv, row 2", "alps", "moodscore", 7.0, 2.0],
            ["form.csv, row 2", "beach", "moodscore", 8.0, 3.0],
            ["form.csv, row 2", "dunes", "moodscore", 6.0, 4.0],
        ]
        # alps lists the paper's version first
        assert preferences["preferred"].tolist() == ["paper", "paper", "either"]

    @pytest.mark.parametrize(
        "content",
        [
            "\ufeff" + FORM + FORM_ROW,
            (FORM + FORM_ROW).replace("\n", "\r\n"),
            (FORM + FORM_ROW).replace(",", "\t"),
            (FORM + FORM_ROW).replace(",", ";"),
            (FORM + FORM_ROW).replace(",", "\t").replace("nice one", "a, b, c, d, e; f"),
            (FORM + FORM_ROW)
            .replace(",", "\t")
            .replace("Timestamp", "Time, as said, of, the, day,,,,,,,,,,"),
            (FORM + FORM_ROW).replace(",", "\t").encode("utf-16"),
            (FORM + FORM_ROW).replace("nice one", '"two\nlines, ""quoted"""'),
            FORM + "\n , ,\n" + FORM_ROW,
            (FORM + FORM_ROW).replace(",Comments", "").replace(",nice one", ""),
            (FORM + FORM_ROW).replace(",nice one", ""),
            FORM.lower() + FORM_ROW.replace("Either", "EITHER").replace(",B,", ",b,"),
            FORM.replace("Preferred video,Video 2", "Preferred video.1,Video 2") + FORM_ROW,
        ],
        ids=[
            "bom",
            "crlf",
            "tabs",
            "semicolons",
            "commas in a comment",
            "commas in the header",
            "utf-16",
            "quotes",
            "blank rows",
            "no comments",
            "ragged",
            "case",
            "numbered",
        ],
    )
    def test_the_same_form_in_other_clothes(self, folder, key, content):
        plain = read_answers(folder(form_csv=FORM + FORM_ROW), key)
        dressed = read_answers(folder(form_csv=content), key)
        for one, other in zip(plain, dressed, strict=True):
            pd.testing.assert_frame_equal(one.drop(columns="rater"), other.drop(columns="rater"))

    def test_what_was_left_open_is_left_out(self, folder, key):
        ratings, preferences = read_answers(
            folder(form_tsv=(FORM + "now,,7,2,,,,B,,,,\n").replace(",", "\t")), key
        )
        assert ratings["video"].tolist() == ["alps"] and preferences["video"].tolist() == ["beach"]

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("Anna,7", "Anna,0", "row 2, column Video 1 [Valence]: found '0', expected a number from 1 to 9"),
            ("Anna,7,2", "Anna,,2", "row 2, column Video 1 [Valence]: found nothing, expected a number"),
            (
                "6,4,Either",
                "6,4,both",
                "row 2, column Preferred video: found 'both', expected A, B or Either",
            ),
            ("Video 3 [", "Video 4 [", "row 1, column Video 4 [Valence]: found video 4, expected 1 to 3"),
            ("Video 3 [", "Video 2 [", "row 1, column Video 2 [Valence]: found it twice, expected one"),
            ("Video 3 [A", "Other [A", "row 1, column Video 3: found only its valence, expected valence and"),
            (
                "Preferred video,Comm",
                "Comm,Comm",
                "row 1, column Preferred video: found 2 of them, expected 3",
            ),
            ("nice one", "nice one,6", "row 2: found 13 values, expected 12, as in the header"),
        ],
    )
    def test_what_is_wrong_is_named(self, folder, key, old, new, message):
        content = (FORM + FORM_ROW).replace(old, new, 2 if "Video" in old and "A" not in old[-1] else 1)
        assert refusal_of(folder(form_csv=content), key).startswith(f"form.csv, {message}")

    def test_raters_of_one_form_are_told_apart_by_their_rows(self, folder, key):
        ratings, _ = read_answers(folder(form_csv=FORM + 2 * FORM_ROW), key)
        assert ratings["rater"].unique().tolist() == ["form.csv, row 2", "form.csv, row 3"]


class TestTheFolder:
    def test_no_folder_or_an_empty_one_holds_no_answers(self, tmp_path, key):
        for folder in (tmp_path, tmp_path / "none"):
            ratings, preferences = read_answers(folder, key)
            assert ratings.empty and preferences.empty
            assert list(ratings) == ["rater", "video", "system", "valence", "arousal"]
            assert AnswerFolder(folder).key() is None

    def test_forms_and_pages_go_together(self, folder, key):
        text = page_file(key, rating(1, "f1.mp4", 7, 2))
        ratings, _ = read_answers(folder(form_csv=FORM + FORM_ROW, anna_csv=text), key)
        assert ratings["rater"].nunique() == 2

    @pytest.mark.parametrize(
        ("files", "message"),
        [
            ({"a_xlsx": "PK"}, "a.xlsx: answers are text (.csv, .tsv, .txt); save it as CSV or take it out"),
            ({"a_csv": "x,y\n1,2\n"}, "a.csv, row 1: found no column of a study, expected "),
            ({"a_csv": ""}, "a.csv, row 1: found no column of a study, expected "),
            ({"a_csv": b"\xff\xfa\x00"}, "a.csv: neither UTF-8 nor UTF-16 text"),
        ],
    )
    def test_other_files_are_refused(self, folder, key, files, message):
        assert refusal_of(folder(**files), key).startswith(message)

    def test_the_key_is_the_one_of_the_answers(self, folder, key, tmp_path):
        keys = []
        for name, study in (("newer", "zzz"), ("ours", key.study_id)):
            keys.append(tmp_path.parent / f"{tmp_path.name}-{name}.json")
            keys[-1].write_text(key.model_copy(update={"study_id": study}).model_dump_json())
        answered = folder(anna_csv=page_file(key, rating(1, "f1.mp4", 7, 2)))
        assert AnswerFolder(answered, tuple(keys)).key() == key
        with pytest.raises(MoodscoreError, match=f"no key of study {key.study_id}; put its study_key.json"):
            AnswerFolder(answered, tuple(keys[:1])).key()

    def test_a_form_goes_with_the_key_beside_it_before_all_others(self, folder, key, tmp_path):
        other = tmp_path.parent / f"{tmp_path.name}-other.json"
        other.write_text(key.model_copy(update={"study_id": "zzz"}).model_dump_json())
        answered = folder(form_csv=FORM + FORM_ROW)
        with pytest.raises(MoodscoreError, match="no key of the study"):
            AnswerFolder(answered).key()
        assert AnswerFolder(answered, (other,)).key().study_id == "zzz"
        folder(study_key_json=key.model_dump_json())
        assert AnswerFolder(answered, (other,)).key() == key

    def test_two_studies_are_kept_apart(self, folder, key):
        one = page_file(key, rating(1, "f1.mp4", 7, 2))
        answered = folder(one_csv=one, two_csv=one.replace(key.study_id, "zzz"))
        with pytest.raises(MoodscoreError, match="keep the files of one study") as caught:
            AnswerFolder(answered).key()
        assert "\n" not in str(caught.value)
