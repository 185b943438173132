"""The napari plugin: reader, sample study, dock widget. Qt and napari are imported here alone.

Where to look:

1. What is called: by napari `reader`, `writer`, `sample_data`, `menu` and `classifier_widget`,
   which wires the panel; by the command line `application`. `settings` are the user's.
2. A layer: `layer_data` makes one of a series, with `units` and `shown_pixels`, `opening` adds it,
   `layer_series` finds the series again, `layer_state` holds what is known of it, `annotation`
   writes that into its name and metadata. `image_layers` tells which are judged.
3. What is done: `layer_actions` does what the Layer tab asks for. `scope` says what is judged,
   `runner` starts a run, `worker` is one, `background` keeps it off the GUI thread, `models` has
   the networks; `explain` makes `heat_maps`, `correction_dialog` and `labels` take a person's
   word, `export` and `saving` write files. `batch_runner` and `folder_reading` do the same for a
   folder.
4. What is shown: three tabs, `layer_panel` (of `controls`, `result_panel`, `confidence_plot` and
   `slice_table`), `study_panel` (with `study_table`) and `batch_panel`; above them `hint` and
   `model_choice`, which opens `card_dialog`. `canvas_text` and `status_line` speak of the slice in
   view. The words are those of `wording` and `doubts`, the tables of `table` and `table_rows`.
5. What follows the viewer, by `attachment`: `slice_in_view`, `active_in_view`, `camera`,
   `stale_verdicts`, `rereading`.
6. What Qt lacks: `flow_layout`, `fitted_scroll_area`, `single_shot`, `wheel`, `buddy`,
   `shortcuts`, `panel_style`.
"""
