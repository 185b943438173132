"""What a catalogue may look like, and what is said of one that can't be used."""

from __future__ import annotations

import unicodedata

import pytest

from napari_mrseq.errors import CatalogueError
from napari_mrseq.training.catalogue import read_catalogue


def table(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "c.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("comma", [",", ";", " , ", "\t"])
def test_commas_semicolons_tabs_and_spaces_give_the_same_rows(tmp_path, comma, encoding):
    lines = ["path,label,group,fold", "a.png,T1,anna,0", "b.png,Knee joint,bert,1"]
    text = "\r\n".join(lines).replace(",", comma)
    first, second = read_catalogue(table(tmp_path, text, encoding))
    assert (first.label, first.group, first.fold) == ("T1", "anna", 0)
    assert (second.label, second.group, second.fold) == ("Knee joint", "bert", 1)


@pytest.mark.parametrize(
    ("label", "meant"),
    [("t1", "T1"), ("t2w", "T2"), ("T 2", "T2"), ("flair", "FLAIR")],
)
def test_a_label_that_is_nearly_a_code_is_warned_of(tmp_path, label, meant):
    text = f"path,label,group\na.png,T1C,anna\nb.png,{label},bert\n"
    with pytest.warns(UserWarning, match=rf"c\.csv: the label '{label}' .* written {meant}"):
        rows = read_catalogue(table(tmp_path, text))
    assert [row.label for row in rows] == ["T1C", label]


def test_own_labels_that_differ_in_capitals_or_spaces_alone_are_warned_of(tmp_path):
    text = "path,label,group\na.png,Knee joint,anna\nb.png,knee  joint,bert\nc.png,Hip,carl\n"
    with pytest.warns(UserWarning, match=r"'Knee joint' and 'knee  joint' become two") as told:
        rows = read_catalogue(table(tmp_path, text))
    assert len(told) == 1
    assert len({row.label for row in rows}) == 3


@pytest.mark.parametrize("other", ["anna m", "Anna  M", "Anna\u00a0M"])
def test_groups_that_differ_in_capitals_or_spaces_alone_are_warned_of(tmp_path, other):
    """One of them trained on and the other measured on, figures are too good."""
    text = f"path,label,group\na.png,T1,Anna M\nb.png,T2,{other}\nc.png,T2,bert\n"
    with pytest.warns(UserWarning, match=r"groups count as two subjects: '.*' and '") as told:
        read_catalogue(table(tmp_path, text))
    assert len(told) == 1


def test_umlauts_of_a_mac_are_the_same_label_and_group(tmp_path):
    apart = unicodedata.normalize("NFD", "Schädel,Müller")
    text = f"path,label,group\na.png,Schädel,Müller\nb.png,{apart}\n"
    rows = read_catalogue(table(tmp_path, text))
    assert {(row.label, row.group) for row in rows} == {("Schädel", "Müller")}


def test_unknown_is_one_class_however_it_is_written(tmp_path):
    text = "path,label,group\na.png,unknown,anna\nb.png,Unknown,bert\nc.png,UNKNOWN,carl\n"
    assert {row.label for row in read_catalogue(table(tmp_path, text))} == {"UNKNOWN"}


@pytest.mark.parametrize(
    ("label", "meant"), [("DWI_B0", "B0"), ("OTHER", "UNKNOWN"), ("PERF", "UNKNOWN")]
)
def test_labels_of_public_catalogues_are_known_by_their_names_here(tmp_path, label, meant):
    (row,) = read_catalogue(table(tmp_path, f"path,label,group\na.png,{label},anna\n"))
    assert row.label == meant


@pytest.mark.parametrize(
    ("column", "written", "field", "meant"),
    [
        ("label_confidence", "low", "doubtful", True),
        ("label_confidence", "med", "doubtful", True),
        ("label_confidence", "medium", "doubtful", True),
        ("label_confidence", "high", "doubtful", False),
        ("label_confidence", "Low", "doubtful", True),
        ("skull_stripped", "Y", "stripped", True),
        ("origin", "DICOM", "origin", "dicom"),
        ("origin", "Stripped", "origin", "stripped"),
        ("skull_stripped", "y", "stripped", True),
        ("skull_stripped", "n", "stripped", False),
        ("source", "OASIS", "dataset", "OASIS"),
        ("dataset", "OASIS", "dataset", "OASIS"),
        ("licence", "CC0", "licence", "CC0"),
        ("vendor", "GE", "vendor", "GE"),
        ("plane", "axial", "plane", "axial"),
    ],
)
def test_a_column_is_taken_for_what_its_name_says(tmp_path, column, written, field, meant):
    text = f"file,label,group,{column}\na.png,T1,anna,{written}\n"
    (row,) = read_catalogue(table(tmp_path, text))
    assert row.path == tmp_path / "a.png"
    assert getattr(row, field) == meant


def test_rows_without_a_label_and_notes_beside_the_columns_are_passed_over(tmp_path):
    text = "path,label,group\na.png,,anna\nb.png,T1,bert,a note\n"
    assert [row.group for row in read_catalogue(table(tmp_path, text))] == ["bert"]
    with pytest.raises(CatalogueError, match="row 4: path and group"):
        read_catalogue(table(tmp_path, f"{text}c.png,T1,\n"))
    with pytest.raises(CatalogueError, match=r"c\.csv holds no labelled images"):
        read_catalogue(table(tmp_path, "path,label,group\na.png,,anna\n"))


@pytest.mark.parametrize("content", ["path,label,group\nä.png,T1,g\n".encode("latin-1"), b"\xff\0"])
def test_a_file_in_another_encoding_is_named(tmp_path, content):
    (tmp_path / "c.csv").write_bytes(content)
    with pytest.raises(CatalogueError, match=r"c\.csv is no CSV in UTF-8"):
        read_catalogue(tmp_path / "c.csv")


@pytest.mark.parametrize("rest", ["b.png,T2,h\n", 'b.png,T2,h\n"c, d.png",T2,h\n'])
def test_a_quotation_mark_that_is_not_closed_is_told_with_its_row(tmp_path, rest):
    """It made one field of the rows behind it, and nobody was told that they were lost."""
    text = f'path,label,group\na.png,T1,g\n"b.png,T1,g\n{rest}'
    with pytest.raises(CatalogueError, match=r"c\.csv, row 3 is no CSV .* quotation mark"):
        read_catalogue(table(tmp_path, text))


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="two columns label: leave one"):
        read_catalogue(table(tmp_path, "path,label,group,Label,,\na.png,T1,g,T2,,\n"))


def test_columns_are_known_however_they_are_written_and_missing_ones_are_told_with_what_is_there(
    tmp_path,
):
    (row,) = read_catalogue(table(tmp_path, "Path,LABEL, Group\na.png,T1,anna\n"))
    assert (row.label, row.group) == ("T1", "anna")
    with pytest.raises(CatalogueError, match=r"lacks the column path; .* names: filename, label"):
        read_catalogue(table(tmp_path, "filename,label,group\na.png,T1,anna\n"))


def test_what_is_no_number_is_told_with_its_row(tmp_path):
    with pytest.raises(CatalogueError, match=r"row 2: fold, slice, .* are numbers \(.*'first'"):
        read_catalogue(table(tmp_path, "path,label,group,fold\na.png,T1,anna,first\n"))


@pytest.mark.parametrize(
    "rows", ["a.png,T1,anna,0\nb.png,T2,anna,1\n", "a.png,T1,anna,7\nb.png,T2,anna,\n"]
)
def test_a_group_in_two_folds_is_refused_and_named(tmp_path, rows):
    with pytest.raises(CatalogueError, match=r"c\.csv: the group 'anna' is in the folds \d and \d"):
        read_catalogue(table(tmp_path, f"path,label,group,fold\n{rows}c.png,T2,bert,2\n"))


def test_a_study_in_two_groups_is_refused_and_named(tmp_path):
    text = "path,label,group,study_uid\na.png,T1,anna,1.2\nb.png,T2,bert,1.2\nc.png,T2,bert,1.3\n"
    with pytest.raises(CatalogueError, match=r"study '1\.2' is in the groups 'anna' and 'bert'"):
        read_catalogue(table(tmp_path, text))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a.png,T1,anna,\na.png,T1,bert,", "groups 'anna' and 'bert'"),
        ("a.png,T1,anna,\na.png,T2,anna,", "labels 'T1' and 'T2'"),
        ("a.png,T1,anna,\n./a.png,T1,bert,0", "groups 'anna' and 'bert'"),
        ("a.nii,T1,anna,3\nb.nii,T1,bert,3\na.nii,T1,carl,3", "groups 'anna' and 'carl'"),
    ],
)
def test_a_picture_of_two_groups_or_labels_is_refused_and_named(tmp_path, rows, told):
    text = f"path,label,group,slice\n{rows}\n"
    with pytest.raises(CatalogueError, match=rf"c\.csv: .*a\.(png|nii).* has the {told}"):
        read_catalogue(table(tmp_path, text))


def test_slices_of_one_file_may_have_labels_of_their_own(tmp_path):
    text = "path,label,group,slice,volume\na.nii,T1,anna,3,0\na.nii,T2,anna,4,0\n"
    rows = read_catalogue(table(tmp_path, f"{text}a.nii,DWI,anna,3,1\na.nii,T1,anna,3,0\n"))
    assert [row.label for row in rows] == ["T1", "T2", "DWI", "T1"]


def test_only_what_was_made_for_training_may_be_of_no_fold(tmp_path):
    text = "path,label,group,fold,origin\na.png,T1,anna,-1,{}\n"
    assert read_catalogue(table(tmp_path, text.format("simulated")))[0].fold == -1
    with pytest.raises(CatalogueError, match=r"c\.csv, row 2: .*leave it empty"):
        read_catalogue(table(tmp_path, text.format("dicom")))


def test_numbers_are_read_as_spreadsheets_write_them(tmp_path):
    text = "path;label;group;fold;slice;volume;position\na.nii;T1;anna;2.0;3.0;1.0;0,5\n"
    (row,) = read_catalogue(table(tmp_path, text))
    assert (row.fold, row.slice, row.volume, row.position) == (2, 3, 1, 0.5)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ("0,-1,0,0", "count from 0, not -1"),
        ("0,0,-1,0", "count from 0, not -1"),
        ("1.5,0,0,0", "'1.5' is not whole"),
        ("0,0,0,nan", "not 'nan'"),
        ("inf,0,0,0", "not 'inf'"),
        ("-1,0,0,0", "fold counts from 0, not -1"),
        ("-2.0,0,0,0", "fold counts from 0, not -2.0"),
        ("0,0,0,37", "position goes from 0 to 1 along the stack, not 37: leave it empty"),
        ("0,0,0,-12.5", "position goes from 0 to 1 along the stack, not -12.5"),
    ],
)
def test_numbers_that_name_no_place_are_refused_with_their_row(tmp_path, numbers, told):
    text = f"path,label,group,fold,slice,volume,position\na.png,T1,anna,{numbers}\n"
    with pytest.raises(CatalogueError, match=rf"c\.csv, row 2: .*{told}"):
        read_catalogue(table(tmp_path, text))
