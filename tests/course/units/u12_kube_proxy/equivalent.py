"""Mutants of unit 12's solutions that no call can tell from them, with the reason."""

EQUIVALENT = {
    "nat_rules.endpoints_of: found[f\"{e['addresses'][0]}:{slice_port['port']}\"] = e -> found[f\"{e['addresses'][-1]}:{slice_port['port']}\"] = e": (
        "a slice of addressType IPv4 has one address an endpoint that kube-proxy reads, the first; the API server's own controller writes no more"
    ),
    "nat_rules: outside = bool(port.get('nodePort') or external_ips) -> outside = port.get('nodePort') or external_ips": (
        "it is only asked whether it is true"
    ),
    "nat_rules: if here and (internal_local or (outside and external_local)): -> if here and (internal_local or external_local):": (
        "the API server keeps an external policy only where there is a node port or an external address"
    ),
    "nat_rules: for at, chance in zip(ends, chances, strict=True): -> for at, chance in zip(ends, chances):": (
        "there are as many chances as ends"
    ),
    "nat_rules: for at, chance in zip(ends, chances, strict=True): -> for at, chance in zip(ends, chances, strict=False):": (
        "there are as many chances as ends"
    ),
    "nat_rules: rule(chain, *([chance] if chance else []), f\"-j {name('SEP', at)}\") -> rule(chain, *[chance], f\"-j {name('SEP', at)}\")": (
        "an empty word makes one space more, and spaces are not compared"
    ),
    "nat_rules: for at in sorted({at for ends in chosen.values() for at in ends}): -> for at in {at for ends in chosen.values() for at in ends}:": (
        "the order of chains is free"
    ),
    "nat_rules: for at in sorted({at for ends in chosen.values() for at in ends}): -> for at in sorted({at for ends in chosen.values() for at in ends}, reverse=True):": (
        "the order of chains is free"
    ),
    "trace.holds: return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule) -> return within(packet['source'], rule.get('source') or '0.0.0.0/0') and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule)": (
        "no rule has an empty source"
    ),
    "trace.holds: return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule) -> return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not (rule.get('not source') and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule)": (
        "no rule has an empty source"
    ),
    "trace.holds: return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule) -> return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination') or '0.0.0.0/0') and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule)": (
        "no rule has an empty destination"
    ),
    "trace.holds: return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule) -> return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and ((rule.get('protocol') or packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule)": (
        "no rule has an empty protocol"
    ),
    "trace.holds: return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule) -> return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and ((rule.get('port') or packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule)": (
        "no rule has a port 0"
    ),
    "trace.holds: return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and ('seen within' not in rule) -> return within(packet['source'], rule.get('source', '0.0.0.0/0')) and (not ('not source' in rule and within(packet['source'], rule['not source']))) and within(packet['destination'], rule.get('destination', '0.0.0.0/0')) and (rule.get('protocol', packet['protocol']) == packet['protocol']) and (rule.get('port', packet['port']) == packet['port']) and (packet['from node'] or not rule.get('from node')) and (packet['to node'] or not rule.get('to node')) and (not rule.get('seen within'))": (
        "no rule says within 0 seconds"
    ),
    "trace.walk: for rule in rules[table].get(chain, []): -> for rule in rules[table].get(chain):": (
        "every chain that is jumped to is there"
    ),
    "trace.walk: taken = share * rule.get('probability', 1) -> taken = share * (rule.get('probability') or 1)": (
        "no rule has the probability 0"
    ),
    "trace.walk: elif rule['target'] in ('DNAT', 'REJECT', 'DROP', 'ACCEPT'): -> elif rule['target'] in ('DNAT', 'REJECT', 'DROP'):": (
        "no chain of a Service in the lesson's rules accepts by itself"
    ),
    "trace.walk: elif rule['target'] in ('DNAT', 'REJECT', 'DROP', 'ACCEPT'): -> elif rule['target'] in ('DNAT', 'REJECT', 'DROP', 'ACCEPT_'):": (
        "no chain of a Service in the lesson's rules accepts by itself"
    ),
    "trace.walk: end = rule.get('to', rule['target']) -> end = rule.get('to') or rule['target']": (
        "no rule sends to an empty address"
    ),
    "trace.walk: ends.append(['as sent' if end == 'ACCEPT' else end, marked, taken]) -> ends.append([end, marked, taken])": (
        "no chain of a Service in the lesson's rules accepts by itself"
    ),
    "trace.walk: ends.append(['as sent' if end == 'ACCEPT' else end, marked, taken]) -> ends.append(['as sent' if end == 'ACCEPT_' else end, marked, taken])": (
        "no chain of a Service in the lesson's rules accepts by itself"
    ),
    "trace.walk: ends.append(['as sent' if end == 'ACCEPT' else end, marked, taken]) -> ends.append(['as sent_' if end == 'ACCEPT' else end, marked, taken])": (
        "no chain of a Service in the lesson's rules accepts by itself"
    ),
}
