@CAT-JRN-3004
Feature: What came of what in a journal

  An event follows the one before it of its entity, may have a cause, and may be a part of something larger. Each can be asked for.

  Rule: The ancestors of an event are those of its entity before it, newest first

    Scenario: From the newest to the first
      Given a journal
      When events of "a", "b", "a", "a" and "b" are appended
      Then the ancestors of the event 5 are 4, 2, and end with genesis
      And the ancestors of the event 2 are none, and end with genesis
      And the ancestors of the event 6 are 3, and end with genesis
      And each bears the event hash that the one after it names as its previous, and the first names zeros

    Scenario Outline: At most <limit>
      Given a journal
      When events of "a", "b", "a", "a" and "a" are appended
      Then at most <limit> ancestors of the event 6 are <ancestors>, and end with <end>

      Examples:
        | limit | ancestors | end     |
        | 0     | none      | limit   |
        | 1     | 5         | limit   |
        | 2     | 5, 4      | limit   |
        | 3     | 5, 4, 2   | genesis |
        | 4     | 5, 4, 2   | genesis |

    Scenario Outline: <limit> is no limit
      Given a journal
      When events of "a" and "a" are appended
      Then at most <limit> ancestors of the event 3 are refused with InvalidArgument

      Examples:
        | limit |
        | -1    |
        | 0.5   |
        | NaN   |

    Scenario: What is before was dropped
      Given a journal whose first events of "a" are its third and its fourth
      Then the ancestors of the event 2 are 1, and end with missing parent
      And the ancestors of the event 1 are none, and end with missing parent

    Scenario: What is before cannot be read
      Given a journal
      When events of "a", "a", "a" and "a" are appended
      And the event 3 is damaged on the disk
      Then the ancestors of the event 5 are 4, and end with damage
      And at most 1 ancestors of the event 5 are 4, and end with limit

    Scenario: Nobody has no ancestors
      Given a journal
      When events of "a" and "a" are appended
      Then there are no ancestors of an id of nobody, and of a text that is no id

    Scenario: After opening again, and of a reader, they are the same
      Given a journal
      When events of "a", "b", "a" and "a" are appended
      And the journal is opened again
      Then the ancestors of the event 5 are 4, 2, and end with genesis
      When the journal is opened for reading
      Then the ancestors of the event 5 are 4, 2, and end with genesis

  Rule: Effects name their cause, and what is correlated what it is a part of

    Scenario: The effects of an event, in their order
      Given a journal of events with causes: 2, 3 by 2, 4, 5 by 2, 6 by 3
      Then the effects of the event 2 are 3, 5
      And the effects of the event 3 are 6
      And the effects of the event 4 are none
      And whatever the letters of its id, the effects of the event 2 are 3, 5
      And an id of nobody and a text that is no id have no effects, and correlate nothing

    Scenario: An effect may come before its cause
      Given a journal
      When an event says that the key "later" is its cause, and then one is appended under that key
      Then the effects of the event 3 are 2

    Scenario: What is a part of one thing, in its order
      Given a journal of events that belong to: 2 to 2, 3 to 2, 4 to 4, 5 to 2
      Then what is correlated with the event 2 is 2, 3, 5
      And what is correlated with the event 4 is 4

    Scenario: Events that are appended while they are asked for are not among them
      Given a journal of events with causes: 2, 3 by 2, 4 by 2
      When the effects of the event 2 are asked for, and one more is appended before the first is taken
      Then those effects are 3, 4

  @CAT-JRN-3105
  Rule: What is hidden is nobody's ancestor, effect or part

    Scenario: What was cancelled
      Given a journal of events with causes: 2, 3 by 2
      When an effect of the event 2, of its entity and correlated with it, is appended under a fence that is cancelled, and one that is not
      Then the ancestors of the event 5 are 3, 2, and end with genesis
      And the effects of the event 2 are 3, 5
      And what is correlated with the event 2 is 2, 5
      And the event that was cancelled has no ancestors

    Scenario: What the file of cancelled ranges hides
      Given a journal of events with causes: 2, 3 by 2, 4 by 2, 5 by 2
      When the journal is opened again, and the events 3 to 4 are among the cancelled ranges
      Then the ancestors of the event 5 are 2, and end with genesis
      And at most 1 ancestors of the event 5 are 2, and end with genesis
      And the effects of the event 2 are 5
      And the event 4 has no ancestors

    Scenario: What the file of cancelled ranges hides, and is the first of its entity
      Given a journal of events with causes: 2, 3 by 2, 4 by 2
      When the journal is opened again, and the events 2 to 3 are among the cancelled ranges
      Then the ancestors of the event 4 are none, and end with genesis

  Rule: A graph shows what caused what

    Scenario Outline: <what>
      When the events <events> are drawn
      Then the graph is
        """
        <graph>
        """

      Examples:
        | what                        | events     | graph                                    |
        | Nothing                     |            |                                          |
        | Events without causes       | 3, 2, 1    | * 3\n* 2\n* 1                            |
        | A chain                     | 3<2, 2<1, 1 | o 3\no 2\n* 1                           |
        | A cause that is not drawn   | 3<9, 2<3   | ~ 3\n~ 2                                 |
        | A cause of itself           | 2<2, 1     | ~ 2\n* 1                                 |
        | A circle                    | 2<1, 1<2   | o 2\n~ 1                                 |
        | One id twice                | 2<1, 1, 1  | o 2\n* 1\n* 1                            |

    Scenario: Effects of one cause come together
      When the events 9<5, 8<6, 7<5, 6<2, 5<2, 4, 3<1, 2, 1 are drawn
      Then the graph is
        """
        o 9
        | o 8
        | | o 7
        |_|/
        | o 6
        o | 5
        |/
        | * 4
        | o 3
        * | 2
          * 1
        """

    Scenario: The oldest first
      When the events 9<5, 8<6, 7<5, 6<2, 5<2, 4, 3<1, 2, 1 are drawn, the oldest first
      Then the graph is
        """
          * 1
        * | 2
        | o 3
        | * 4
        |\
        o | 5
        | o 6
        |-|\
        | | o 7
        | o 8
        o 9
        """

    Scenario: With lines as a terminal can draw them
      When the events 9<5, 8<6, 7<5, 6<2, 5<2, 4, 3<1, 2, 1<0 are drawn in Unicode
      Then the graph is
        """
        ○ 9
        │ ○ 8
        │ │ ○ 7
        ├─│─╯
        │ ○ 6
        ○ │ 5
        ├─╯
        │ ● 4
        │ ○ 3
        ● │ 2
          ◌ 1
        """

    Scenario: With lines as a terminal can draw them, the oldest first
      When the events 3<1, 2<1, 1 are drawn in Unicode, the oldest first
      Then the graph is
        """
        ● 1
        ├─╮
        │ ○ 2
        ○ 3
        """

    Scenario: A column that became free is taken again
      When the events 9<1, 8<5, 7<2, 6<3, 5, 4<2, 3, 2, 1 are drawn
      Then the graph is
        """
        o 9
        | o 8
        | | o 7
        | | | o 6
        | * | | 5
        | o | | 4
        | |/  |
        | |   * 3
        | * 2
        * 1
        """

    Scenario: What has no room has no line
      When the events 9<4, 8<3, 7<2, 6<1, 5<9, 4, 3, 2, 1 are drawn in 2 columns
      Then the graph is
        """
        o 9
        | o 8
        | | ~ 7
        | | ~ 6
        | | ~ 5
        * | 4
          * 3
        * 2
        * 1
        """

    Scenario: What does not print is escaped
      When an event is drawn whose label has a line break, an escape and a sign that turns the direction
      Then the graph is
        """
        * a\u{a}b\u{1b}[2J\u{202e}c
        """

    Scenario Outline: <columns> columns are refused
      When events are drawn in <columns> columns
      Then that drawing is refused with InvalidArgument

      Examples:
        | columns |
        | 0       |
        | 101     |
        | 1.5     |
        | NaN     |

    Scenario: Every event is drawn once, with its line to its cause where that comes, whoever forged the ids
      Then 200 random graphs show each event once, and lead from each effect to its cause

    Scenario: Ten thousand events that are hostile are drawn in as many lines, or two each, that are not wide
      Then of 10000 events each graph of chains, combs, stars, circles and causes of nobody has at most 20000 lines of at most 80 characters
