"""Scrapy's settings. Manners first: robots.txt, an honest name, one request at a time a host, with pauses."""

import os
from importlib.metadata import version

BOT_NAME = "nianbao"
SPIDER_MODULES = ["crawler.spiders"]
# The operator's e-mail address or page, so that a site's people can reach them.
CONTACT = os.environ.get("NIANBAO_CONTACT", "").replace("\n", " ").strip()
USER_AGENT = f"nianbao/{version('nianbao')} (archive of public annual reports{'; +' + CONTACT if CONTACT else ''})"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    # Other codings trip common WARC readers.
    "Accept-Encoding": "gzip",
}

ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "nianbao"
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 4  # Scrapy starts so many workers for every page, 100 by default; a page yields a few links
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0  # it would halve the pause at times
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# Many portals still speak old TLS with short keys. Nothing secret is sent, and what comes is kept with its digest.
DOWNLOADER_CLIENT_TLS_CIPHERS = "DEFAULT@SECLEVEL=0"
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.0"
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024  # unpacked; over the wire 32 MiB are taken, see crawler.archiving
DOWNLOAD_FAIL_ON_DATALOSS = False  # what came before a connection broke is kept and marked
DOWNLOAD_WARNSIZE = 0
DNS_TIMEOUT = 20
TWISTED_DNS_RESOLVER = "crawler.guard.PublicOnlyResolver"
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 503, 504, 408, 429]
REDIRECT_MAX_TIMES = 8
METAREFRESH_MAXDELAY = 10
HTTPERROR_ALLOW_ALL = True  # the spider notes how every page ended
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DEPTH_PRIORITY = 0
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

DOWNLOAD_HANDLERS = {
    "http": "crawler.wire.WireHandler", "https": "crawler.wire.WireHandler",
    "ftp": None, "s3": None, "file": None, "data": None,
}  # fmt: skip
DOWNLOADER_MIDDLEWARES = {
    "crawler.guard.ScopeMiddleware": 10,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.guard.CarefulRobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.rests.RestingRetryMiddleware": 550,
    # Innermost, below decompression: the archive gets the bytes as they came.
    "crawler.archiving.ArchiveMiddleware": 1000,
}
LOG_FORMATTER = "scrapy.logformatter.LogFormatter"
LOG_LEVEL = "INFO"
