Feature: What a node tells its fleet, and whose copy it has

  @CAT-FLT-7010
  Rule: A node says what it holds under its own name, and where its copy comes from

    Scenario Outline: A node called <name> is <verdict>
      Then a node called <name> is <verdict>

      Examples:
        | name     | verdict                |
        | a        | taken                  |
        | host.lan | taken                  |
        | {128 n}  | taken                  |
        | {129 n}  | refused as InvalidArgument |
        | a/b      | refused as InvalidArgument |
        | {64 a}/{63 b} | refused as InvalidArgument |

    Scenario Outline: An origin of <body> is <verdict>
      Then an origin of <body>, with its checksum, is <verdict>

      Examples:
        | body                                                                                                                                                     | verdict                                     |
        | {"schema":"catalog-core/fleet","version":1,"origin":{"copy":"AAAAAAAAAAAAAAAAAAAAAA","from":"f","instance":"i","lineage":"l","node":"n"}                    | intact                                      |
        | {"schema":"catalog-core/fleet","version":1,"origin":{"copy":"AAAAAAAAAAAAAAAAAAAAA-","from":"f","instance":"i","lineage":"l","node":"n","more":1}           | intact                                      |
        | {"schema":"catalog-core/fleet","version":2,"origin":{}                                                                                                      | newer: 2                                    |
        | {"schema":"catalog-core/fleet","version":15,"origin":anything                                                                                               | newer: 15                                   |
        | {"schema":"catalog-core/fleet","version":1,"origin":{"copy":"AAAAAAAAAAAAAAAAAAAAA","from":"f","instance":"i","lineage":"l","node":"n"}                     | damaged: it names no copy                   |
        | {"schema":"catalog-core/fleet","version":1,"origin":{"copy":"AAAAAAAAAAAAAAAAAAAAAAA","from":"f","instance":"i","lineage":"l","node":"n"}                   | damaged: it names no copy                   |
        | {"schema":"catalog-core/fleet","version":1,"origin":{"copy":"AAAAAAAAAAA.AAAAAAAAAA","from":"f","instance":"i","lineage":"l","node":"n"}                    | damaged: it names no copy                   |
        | {"schema":"catalog-core/fleet","version":1,"origin":{"copy":"AAAAAAAAAAAAAAAAAAAAAA","from":"f","instance":"i","lineage":"l","node":7}                      | damaged: it does not say where it comes from |
        | {"schema":"catalog-core/fleet","version":1,"origin":{"copy":"AAAAAAAAAAAAAAAAAAAAAA","from":"f","instance":"i","lineage":"l"}                               | damaged: it does not say where it comes from |
        | {"schema":"catalog-core/fleet","version":1,"origin":null                                                                                                    | damaged: it does not say where it comes from |
        | {"schema":"catalog-core/fleet","version":1,"origin":7                                                                                                       | damaged: it does not say where it comes from |
        | {"schema":"catalog-core/fleet","version":1,"origin":{                                                                                                       | damaged: it does not say where it comes from |
        | {"schema":"catalog-core/root","version":1,"origin":{}                                                                                                       | damaged: it is not the origin of a fleet    |
        | x{"schema":"catalog-core/fleet","version":1,"origin":{}                                                                                                     | damaged: it is not the origin of a fleet    |
        | {"schema":"catalog-core/fleet","version":x,"origin":{}                                                                                                      | damaged: it is not the origin of a fleet    |

    Scenario: An origin whose bytes are not those that were written is damaged
      Then an origin with any one byte changed, with one more at either end, or cut off anywhere, is damaged

    Scenario Outline: Node n that holds <held>, of which the fleet says <told>, <outcome>
      Then node n that holds "<held>", of which the fleet says "<told>", <outcome>

      Examples: a holding is the digest that it is called by, and what is said of it; behind it who said so, and when
        | held        | told                        | outcome                                       |
        | a:1         |                             | puts "a:1 if absent" and deletes ""           |
        | a:1 b:1     | a:1@n/i#4                   | puts "b:1 if absent" and deletes ""           |
        | a:2         | a:1@n/i#4                   | puts "a:2 if 4" and deletes ""                |
        |             | a:1@n/i#4 b:1@n/i#5         | puts "" and deletes "n/a if 4, n/b if 5"      |
        | a:1         | c:1@m/j#4                   | puts "a:1 if absent" and deletes ""           |
        | a:1         | a:1@n/j#4                   | is refused                                    |
        |             | c:1@n/j#4                   | is refused                                    |
        | a:1         | a:1@m/i#4                   | puts "a:1 if absent" and deletes "m/a if 4"   |

    Scenario Outline: Node n that takes its name over and holds <held>, of which the fleet says <told>, <outcome>
      Then node n that takes its name over and holds "<held>", of which the fleet says "<told>", <outcome>

      Examples:
        | held | told                | outcome                                     |
        | a:1  | a:1@n/j#4           | puts "a:1 if 4" and deletes ""              |
        | a:1  | a:1@n/j#4 b:1@n/j#5 | puts "a:1 if 4" and deletes "n/b if 5"      |
