"""KEEP and PUBLISH: captures (WARC), the work database, the public database and the command line.

Never imports ``crawler``: the command line starts Scrapy in a child process.
"""
