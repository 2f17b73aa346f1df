"""One format each to grids of text: workbooks, delimited text, web pages, OpenDocument."""
