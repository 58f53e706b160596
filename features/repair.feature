@CAT-IDX-1107
Feature: Repairing a damaged catalog

  A repair brings back the newest content that is whole, under a number that was never used, and deletes nothing.

  Rule: The newest content that is whole comes back, under a number above all that were seen

    Scenario Outline: Of <collection> whose newest generation is <damage>, revision <restored> comes back as <published>
      Given a catalog to be repaired
      And its newest <collection> generation is <damage>
      When it is repaired
      Then the repair of its <collection> found <found>, restored <restored> and published <published>
      And its <collection> are those of revision <restored>, for every handle
      And what was damaged is in quarantine, byte for byte, and under its own name
      And nothing that was there is gone
      And its other index was not touched
      And another repair does nothing, and touches nothing
      And the next put of its <collection> works

      Examples: the index still shows it
        | collection | damage                   | found | restored | published |
        | models     | emptied                  | 4     | 4        | 5         |
        | models     | cut in half              | 4     | 4        | 5         |
        | models     | filled with NUL          | 4     | 4        | 5         |
        | models     | overwritten with garbage | 4     | 4        | 5         |
        | models     | removed                  | 4     | 4        | 5         |
        | models     | replaced by a folder     | 4     | 4        | 5         |
        | engines    | cut in half              | 2     | 2        | 3         |

      Examples: the index is the same file
        | collection | damage                            | found | restored | published |
        | models     | emptied in place                  | 4     | 3        | 5         |
        | models     | cut in half in place              | 4     | 3        | 5         |
        | models     | filled with NUL in place          | 4     | 3        | 5         |
        | models     | overwritten with garbage in place | 4     | 3        | 5         |
        | engines    | emptied in place                  | 2     | 1        | 3         |

    Scenario: A second damage reuses no number
      Given a catalog to be repaired
      And its newest models generation is emptied in place
      When it is repaired
      And its newest models generation is filled with NUL in place
      And it is repaired
      Then the repair of its models found 5, restored 3 and published 6
      And its models are those of revision 3, for every handle

    Scenario: A number that only quarantine still tells of is not used again
      Given a catalog to be repaired
      And a damaged generation 9 of its models lies in quarantine
      And its newest models generation is emptied in place
      When it is repaired
      Then the repair of its models found 9, restored 3 and published 10
      And its models are those of revision 3, for every handle
      And the next put of its models works

    Scenario: Without hard links what was damaged is copied
      Given a catalog to be repaired
      And its newest models generation is emptied in place
      When it is repaired without hard links
      Then the repair of its models found 4, restored 3 and published 5
      And what was damaged is in quarantine, byte for byte, and under its own name
      And its models are those of revision 3, for every handle

    Scenario: A damaged catalog.json beside an intact generation loses nothing
      Given a catalog to be repaired
      And its catalog.json is harmed
      When it is repaired by a handle that was open before
      Then the repair of its models found 4, restored 4 and published 4
      And its models are those of revision 4, for every handle
      And another repair does nothing, and touches nothing

    Scenario: Generations that are gone altogether come back from catalog.json
      Given a catalog to be repaired
      And its generations are gone
      When it is repaired
      Then the repair of its models found 4, restored 4 and published 5
      And the repair of its engines found 2, restored 2 and published 3
      And its models are those of revision 4, for every handle
      And another repair does nothing, and touches nothing

    Scenario: What is healthy, or not there, is left as it is
      Given a catalog to be repaired
      Then another repair does nothing, and touches nothing
      And a repair where there is no catalog makes none

  Rule: Where nothing is left of one index, the other is repaired all the same

    Scenario: Engines without any intact content do not keep the models from coming back
      Given a catalog to be repaired
      And its newest models generation is emptied in place
      And nothing of its engines is intact
      When it is repaired
      Then the repair is refused with IndexCorrupt
      And its models are those of revision 3, for every handle

  Rule: A copy that was kept elsewhere can be published

    Scenario Outline: A copy of models of revision <kept> is published as <published> over a catalog that is <state>
      Given a catalog to be repaired
      And a copy of models of revision <kept>
      And the catalog is <state>
      When it is repaired from that copy
      Then the repair of its models found <found>, restored <kept> and published <published>
      And its models are those of revision <kept>, for every handle
      And nothing that was there is gone
      And the next put of its models works

      Examples:
        | kept | state   | found | published |
        | 2    | whole   | 4     | 5         |
        | 4    | damaged | 4     | 5         |
        | 4    | gone    | 4     | 5         |

    Scenario Outline: A copy that is <state> is refused with <code>, and nothing is touched
      Given a catalog to be repaired
      And a copy of models of revision 2 that is <state>
      When it is repaired from that copy
      Then the repair is refused with <code>
      And nothing was touched

      Examples:
        | state   | code                     |
        | damaged | IndexCorrupt             |
        | newer   | SchemaVersionUnsupported |
        | missing | NotFound                 |

  Rule: Entries whose bytes are gone have failed

    Scenario: Pending and Active become Failed, Retired stays, all are told
      Given a catalog with entries in every state whose bytes are gone
      When it is repaired
      Then the missing are told, and only those in use have failed
      And another repair does nothing, and touches nothing

  Rule: A newer version anywhere is left alone

    Scenario Outline: A newer version in <place> stops the repair of damaged models
      Given a catalog to be repaired
      And its newest models generation is emptied in place
      And a newer version is in <place>
      When it is repaired
      Then the repair is refused with SchemaVersionUnsupported
      And nothing was touched

      Examples:
        | place                              |
        | engines.json                       |
        | the newest generation of engines   |
        | catalog.json                       |

  Rule: A repair can be interrupted

    Scenario Outline: Power lost or the process killed at every step of a repair where <damage>
      When a repair is interrupted at every step where <damage>
      Then each time another repair gave the models of revision <restored>, and no number was used twice

      Examples:
        | damage                                          | restored |
        | the newest generation and the index are damaged | 3        |
        | the newest generation is gone                   | 4        |
        | all generations are gone                        | 4        |

  Rule: A repair is one writer among others

    Scenario Outline: A writer that was paused before a repair where <damage> loses nothing, and tells the truth
      When a put is paused at every step while a repair goes by where <damage>
      Then each time what was acknowledged is there, with all that the repair brought back

      Examples:
        | damage                                          |
        | the newest generation and the index are damaged |
        | the newest generation is gone                   |
        | all generations are gone                        |

    @forks
    Scenario: A repair waits for the lock
      Given a catalog to be repaired
      And a writer that holds the lock
      When it is repaired
      Then the repair is refused with Busy

  Rule: The command repairs

    @slow
    Scenario: A damaged catalog is repaired by the command that the hint names
      Given a catalog to be repaired
      And its newest models generation is emptied in place
      When the command meets the damage, and then repairs it
      Then the hint named `catalog repair`, and its table tells what was found, restored and published
      And `catalog repair --json` finds nothing more to do
      And `catalog repair --from` asks for --yes where nobody can be asked
