"""`python -m napari_mrseq`: the command line, also where its script is not on the path."""

from napari_mrseq.cli import main

if __name__ == "__main__":
    main()
