Feature: What a commit makes of a generation

  A generation is a value: records in the order of their ids, in blocks of neighbours. A commit judges each change in turn and makes
  the next generation of them; what did not change is the same bytes as before.

  Rule: Records lie in blocks, in the order of their ids, however they came

    @CAT-REC-1008
    Scenario Outline: A generation of <count> records has blocks of <blocks>
      Then a generation that is made of <count> records at once has blocks of <blocks>

      Examples:
        | count | blocks     |
        | 0     | none       |
        | 1     | 1          |
        | 64    | 64         |
        | 65    | 64, 1      |
        | 129   | 64, 64, 1  |

    @CAT-REC-1008
    Scenario Outline: <count> records that are put one after the other have blocks of <blocks>
      Then a generation into which <count> records were put has blocks of <blocks>

      Examples:
        | count | blocks         |
        | 1     | 1              |
        | 128   | 128            |
        | 129   | 64, 64, 1      |
        | 192   | 64, 64, 64     |
        | 257   | 64, 64, 64, 64, 1 |

    @CAT-IDX-1102
    Scenario Outline: The index of <count> records that was read and is changed <where> is the one that is made at once
      Then an index of <count> records that is decoded, and in which one is put and one deleted <where>, is the one that is made at once

      Examples:
        | count | where          |
        | 1     | at its end     |
        | 3     | at its beginning   |
        | 3     | in its middle  |
        | 64    | at its end     |
        | 65    | at its end     |
        | 65    | in its middle  |
        | 128   | in its middle  |
        | 200   | at its beginning   |
        | 200   | in its middle  |
        | 200   | at its end     |

    @CAT-REC-1008
    Scenario Outline: Where all of <count> records are deleted nothing is left of their blocks
      Then a generation of <count> records of which all are deleted has blocks of none, and is found to have none

      Examples:
        | count |
        | 1     |
        | 65    |

    @CAT-IDX-1111
    Scenario: What a generation has is not changed by who was given it, nor by the commits behind it
      Then a list of its records that is emptied leaves a generation as it was
      And a commit behind it leaves a generation with the records and names that it had

  Rule: Each change is judged in turn

    @CAT-IDX-1109
    Scenario Outline: Where <before> is there, <change> is <verdict>
      Given a generation in which "<before>" was put
      When <change> is committed
      Then what was committed is <verdict>
      And the next generation has "<after>"

      Examples:
        | before | change                             | verdict                                                          | after   |
        | a      | a put of "b"                       | put at 2                                                         | a@1 b@2 |
        | a      | a put of "a"                       | put at 2                                                         | a@2     |
        | a      | a put of "a" if it is at 1         | put at 2                                                         | a@2     |
        | a      | a put of "a" if it is at 0         | refused with RevisionConflict: "a" is at 1, not at 0             | a@1     |
        | a      | a put of "a" if it is at 2         | refused with RevisionConflict: "a" is at 1, not at 2             | a@1     |
        | a      | a put of "a" if it is at absent    | refused with RevisionConflict: "a" is at 1, not at absent        | a@1     |
        | a      | a put of "b" if it is at absent    | put at 2                                                         | a@1 b@2 |
        | a      | a put of "b" if it is at 1         | refused with RevisionConflict: "b" is at absent, not at 1        | a@1     |
        | a      | a deletion of "a"                  | deleted                                                          |         |
        | a      | a deletion of "a" if it is at 1    | deleted                                                          |         |
        | a      | a deletion of "a" if it is at 3    | refused with RevisionConflict: "a" is at 1, not at 3             | a@1     |
        | a      | a deletion of "b"                  | not there                                                        | a@1     |
        | a      | a deletion of "b" if it is at 1    | refused with RevisionConflict: "b" is at absent, not at 1        | a@1     |
        | a      | a deletion of "A"                  | not there                                                        | a@1     |

    @CAT-IDX-1109
    Scenario: What was expected and what was found is in the details
      Given a generation in which "a" was put
      When a put of "a" if it is at 3 is committed
      Then the refusal has the details {"expected":3,"actual":1}

    @CAT-REC-1007
    Scenario Outline: Where <before> was put, <change> is <verdict>
      Given a generation in which "<before>" was put
      When <change> is committed
      Then what was committed is <verdict>
      And the next generation has "<after>"

      Examples:
        | before | change            | verdict                                                                  | after     |
        | A      | a put of "a"      | refused with AlreadyExists: "a" cannot be told from "A", which is there  | A@1       |
        | a      | a put of "A"      | refused with AlreadyExists: "A" cannot be told from "a", which is there  | a@1       |
        | é      | a put of "É"      | refused with AlreadyExists: "É" cannot be told from "é", which is there  | é@1       |
        | A      | a put of "A"      | put at 2                                                                 | A@2       |
        | A      | a put of "B"      | put at 2                                                                 | A@1 B@2   |
        | A B    | a put of "b"      | refused with AlreadyExists: "b" cannot be told from "B", which is there  | A@1 B@1   |
        | A B    | a deletion of "A" | deleted                                                                  | B@1       |

    @CAT-REC-1007 @CAT-IDX-1110
    Scenario: A name is free again when its record is gone, in the same commit and after it
      Then in one commit "A" is put, deleted, and put as "a"
      And in a commit for each "A" is put, deleted, and put as "a"
      And in one commit "A" and "B" are put, and then "b" is refused for "B"

    @CAT-REC-1007
    Scenario: Whose name it is, is in the details
      Given a generation in which "A" was put
      When a put of "a" is committed
      Then the refusal has the details {"stored":"A","id":"a"}

    @CAT-IDX-1117
    Scenario Outline: A collection of <count> records takes <what> is <verdict>
      Given a generation of <count> records that are all one
      When <what> is committed
      Then what was committed is <verdict>

      Examples:
        | count   | what               | verdict                                                              |
        | 999999  | a put of "z"       | put at 2                                                             |
        | 1000000 | a put of "z"       | refused with EntryTooLarge: a collection holds at most 1000000 records |
        | 1000000 | a put of "a"       | put at 2                                                             |

    @CAT-IDX-1109
    Scenario Outline: Whoever expects <expected> is <verdict>
      Then whoever expects <expected> is <verdict>

      Examples:
        | expected         | verdict                                                                     |
        | nothing          | taken                                                                       |
        | absent           | taken                                                                       |
        | 0                | taken                                                                       |
        | 9007199254740991 | taken                                                                       |
        | 9007199254740992 | refused: ifRevision is a revision or 'absent', not 9007199254740992         |
        | -1               | refused: ifRevision is a revision or 'absent', not -1                       |
        | 1.5              | refused: ifRevision is a revision or 'absent', not 1.5                      |
        | "present"        | refused: ifRevision is a revision or 'absent', not present                  |

  Rule: A generation tells whose commits came before it

    @CAT-IDX-1104
    Scenario Outline: At revision <revision>, with the commits "<commits>", <token> of revision <of> is <verdict>
      Then at revision <revision>, with the commits "<commits>", "<token>" of revision <of> is <verdict>

      Examples:
        | revision | commits | token | of | verdict |
        | 10       | d c b   | d     | 10 | present |
        | 10       | d c b   | c     | 9  | present |
        | 10       | d c b   | b     | 8  | present |
        | 10       | d c b   | x     | 10 | absent  |
        | 10       | d c b   | x     | 8  | absent  |
        | 10       | d c b   | x     | 7  | unknown |
        | 0        | a       | x     | 0  | absent  |

    @CAT-IDX-1104
    Scenario Outline: After <count> commits it tells of the last <kept> before its own
      Then after <count> commits a generation tells of the last <kept> before its own, newest first

      Examples:
        | count | kept |
        | 1     | 1    |
        | 64    | 64   |
        | 65    | 64   |
        | 70    | 64   |

  Rule: What was parsed is taken as it is where it is in its canonical form

    @CAT-REC-1001
    Scenario Outline: A record that was parsed from <text> is <verdict>
      Then an engine that was parsed from <text> is <verdict>

      Examples:
        | text                                                                                         | verdict             |
        | {"artifacts":["/e"],"created_ms":1,"engine":"e","id":"i","version":"1"}                      | taken as it is      |
        | {"id":"i","artifacts":["/e"],"created_ms":1,"engine":"e","version":"1"}                      | taken as a copy     |
        | null                                                                                         | refused with InvalidRecord |
        | "a text"                                                                                     | refused with InvalidRecord |
        | 7                                                                                            | refused with InvalidRecord |
        | [{"id":"i"}]                                                                                 | refused with InvalidRecord |
        | {"artifacts":["/e"],"created_ms":1,"engine":"e","id":"a//b","version":"1"}                   | refused with InvalidId     |
