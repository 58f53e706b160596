Feature: What a copy learns of its original, change by change

  Who follows a catalog is told what became of each record since a revision; a node keeps a copy of its fleet by what it is told. Here
  a generation is written as its revision, and each record with the revision of its last change: "3: a1 b3".

  @CAT-IDX-1119
  Rule: What became of each record is told in the order of revisions, each revision as a whole

    Scenario Outline: From <before> to <after>, with <between> between them, <told> is told
      Then from "<before>" to "<after>", with "<between>" between them, "<told>" is told

      Examples: what came and changed
        | before   | between | after       | told             |
        | nothing  |         | 0:          |                  |
        | nothing  |         | 2: a1 b2    | 1 a. 2 b.        |
        | nothing  | 1: a1   | 2: a1 b2    | 1 a. 2 b.        |
        | 0:       |         | 1: a1 b1    | 1 a, 1 b.        |
        | 0:       |         | 2: b1 a2 c2 | 1 b. 2 a, 2 c.   |
        | 1: a1 b1 |         | 1: a1 b1    |                  |
        | 1: a1 b1 |         | 2: a2 b1    | 2 a.             |
        | 1: a1 b1 | 2: a2 b1 | 3: a3 b3   | 3 a, 3 b.        |

      Examples: what went
        | before      | between                | after       | told                  |
        | 2: a1 b2    |                        | 3: a1       | 3 -b.                 |
        | 2: a1 b2    |                        | 3: c3       | 3 -a, 3 -b, 3 c.      |
        | 2: a1 b2    | 3: b2                  | 4:          | 3 -a. 4 -b.           |
        | 2: a1 b2    | 3: b2, 4:              | 5: c5       | 3 -a. 4 -b. 5 c.      |
        | 2: a1 b2    | 3: a1 b3               | 4: a1       | 3 -b.                 |

      Examples: what went and came again
        | before   | between              | after       | told                |
        | 1: a1    |                      | 3: a3       | 3 a.                |
        | 1: a1    | 2:                   | 3: a3       | 2 -a. 3 a.          |
        | 1: a1 b1 | 2: b1, 3: b1         | 4: a4 b1    | 2 -a. 4 a.          |
        | 1: a1 b1 | 2: b1, 3: a3         | 4: a3 b4    | 2 -a. 3 a, 3 -b. 4 b. |
        | 1: b1    | 2: a2 b1, 3: b1      | 4: a4 b1    | 4 a.                |
        | 1: a1    | 2:, 3: a3, 4:        | 5: a5       | 2 -a. 5 a.            |

      Examples: what a repair put back
        | before   | between       | after    | told          |
        | 3: a3 b2 | 4: a1 b2      | 4: a1 b2 | 4 a=1.        |
        | 3: a3 b2 |               | 5: a1 b2 | 5 a=1.        |
        | 3: a3 b2 |               | 5: b2    | 5 -a.         |
        | 3: a3 b2 |               | 4: a3 b2 |               |
        | 3: a2 b3 |               | 5: a3 b2 | 5 a=3, 5 b=2. |

    Scenario Outline: From <before> to <after> those between are <needed>
      Then from "<before>" to "<after>" those between are <needed>

      Examples:
        | before   | after    | needed     |
        | 1: a1    | 2:       | not needed |
        | 1: a1    | 1: a1    | not needed |
        | 1: a1    | 3:       | needed     |
        | 1: a1    | 3: a3    | needed     |
        | 1: a1 b1 | 3: a1    | needed     |
        | 1: a1    | 3: a1 b3 | not needed |
        | 0:       | 3: a3    | not needed |

  @CAT-FLT-7010
  Rule: A copy is what it was told, and counts what that was

    Scenario Outline: A copy <copy> that is told <news> is <then>
      Then a copy "<copy>" that is told "<news>" up to 9 is "<then>", with <added> added, <changed> changed and <removed> removed

      Examples:
        | copy     | news              | then           | added | changed | removed |
        | 1: a1    |                   | 9: a1          | 0     | 0       | 0       |
        | 0:       | 1 a               | 9: a1          | 1     | 0       | 0       |
        | 1: a1    | 2 a               | 9: a2          | 0     | 1       | 0       |
        | 1: a1    | 1 a               | 9: a1          | 0     | 0       | 0       |
        | 1: a1    | 2 -a              | 9:             | 0     | 0       | 1       |
        | 1: a1    | 2 -b              | 9: a1          | 0     | 0       | 0       |
        | 1: b1    | 2 a, 3 c          | 9: a2 b1 c3    | 2     | 0       | 0       |
        | 1: b1 d1 | 2 c, 3 -d, 4 e    | 9: b1 c2 e4    | 2     | 0       | 1       |
        | 1: a1    | 2 -a, 3 a         | 9: a3          | 0     | 1       | 0       |
        | 1: a1    | 2 a, 3 -a         | 9:             | 0     | 0       | 1       |
        | 0:       | 2 a, 3 -a         | 9:             | 0     | 0       | 0       |
        | 1: a1    | 5 é, 4 z, 3 b     | 9: a1 b3 z4 é5 | 3     | 0       | 0       |

    Scenario Outline: A copy <copy> that is taken anew from <all> is <then>
      Then a copy "<copy>" that is taken anew from "<all>" at 3 is "<then>", with <added> added, <changed> changed and <removed> removed

      Examples:
        | copy     | all      | then     | added | changed | removed |
        | 1: a1    |          | 3:       | 0     | 0       | 1       |
        | 1: a1    | a1       | 3: a1    | 0     | 0       | 0       |
        | 1: a1 b1 | b2 c3    | 3: b2 c3 | 1     | 1       | 1       |
        | 0:       | c1 a2 b3 | 3: a2 b3 c1 | 3  | 0       | 0       |
        | 1: a1    | a7       | 7: a7    | 0     | 1       | 0       |
