"""Rows a second of processor time that IntelMQ's Shadowserver parser turns into events, as a library, without queues."""
import logging
import sys
import time

from intelmq.bots.parsers.shadowserver import _config as config
from intelmq.bots.parsers.shadowserver.parser import ShadowserverParserBot
from intelmq.lib.bot import BotLibSettings
from intelmq.lib.message import Report

logging.disable(logging.CRITICAL)
# The published schema is a download; this is its form for the columns of the file.
feed = {
    "feed_name": "Bench",
    "file_name": "event4_sinkhole",
    "url": "",
    "required_fields": [
        ["time.source", "timestamp", "add_UTC_to_timestamp"],
        ["source.ip", "src_ip", "validate_ip"],
        ["source.port", "src_port", "convert_int"],
    ],
    "optional_fields": [
        ["protocol.transport", "protocol"],
        ["source.asn", "src_asn", "invalidate_zero"],
        ["source.geolocation.cc", "src_geo"],
        ["destination.port", "dst_port", "convert_int"],
        ["malware.name", "infection"],
        ["extra.", "tag"],
        ["extra.", "severity"],
    ],
    "constant_fields": {"classification.taxonomy": "malicious-code", "classification.type": "infected-system"},
}
bot = ShadowserverParserBot("bench", settings=BotLibSettings | {"test_mode": True, "logging_level": "CRITICAL"})
bot.feedname, bot._mode, bot._sparser_config = "Bench", "fixed", feed
report = Report({}, harmonization=bot.harmonization)
report.add("feed.name", "Bench")
report.add("raw", open(sys.argv[1], encoding="utf-8").read())
start = time.process_time()
events = sum(len(queue) for queue in bot.process_message(report).values())
print(events / (time.process_time() - start))
