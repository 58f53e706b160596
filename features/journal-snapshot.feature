Feature: A copy of a journal

  A snapshot opens by itself, shows what its journal has shown, and is durable when it is made. Who copies the files while they are
  written gets a prefix, or is told.

  @CAT-JRN-3503
  Rule: A snapshot is a journal of its own

    Scenario Outline: Made by <whom> it shows what was shown then, whatever comes later
      Given a journal of full segments that is to be copied
      When a snapshot of it is made by <whom>
      Then the copy shows what the journal showed, is verified, and its receipts hold
      And all of its segments but the last are shared, and nothing but segments is in it
      And what is appended to either of the two is in none but that one, also after a power cut

      Examples:
        | whom                 |
        | its writer           |
        | a reader beside it   |

    Scenario: Where there are no hard links its segments are copies
      Given a journal of full segments that is to be copied, on a disk without hard links
      When a snapshot of it is made by its writer
      Then the copy shows what the journal showed, is verified, and its receipts hold
      And none of its segments is shared

    Scenario Outline: A compaction of the <which> changes nothing in the other
      Given a journal of full segments that is to be copied
      When a snapshot of it is made by its writer
      And the <which> is merged
      Then the copy shows what the journal showed, is verified, and its receipts hold
      And the journal shows what it showed

      Examples:
        | which   |
        | journal |
        | copy    |

    Scenario: What was not synced is durable first
      Given a journal whose events are not synced, that is to be copied
      When a snapshot of it is made by a reader beside it
      Then after a power cut the journal and the copy show what the journal showed

    Scenario Outline: Under a fence that begins <where>, nothing is shown in the copy, and it goes on without it
      Given a journal of full segments that is to be copied
      When <count> events are appended under a fence that begins <where>, and a snapshot of it is made by <whom>
      Then the copy shows what was shown before the fence, and what is appended to it has the sequence after that
      And the fence can be committed, and then the journal alone shows it

      Examples:
        | count | where                 | whom               |
        | 0     | within a segment      | its writer         |
        | 2     | within a segment      | its writer         |
        | 9     | within a segment      | its writer         |
        | 9     | at a segment's end    | its writer         |
        | 2     | within a segment      | a reader beside it |
        | 9     | at a segment's end    | a reader beside it |

    Scenario Outline: What was cancelled is hidden in the copy, <when>
      Given a journal of full segments that is to be copied
      When events are cancelled and <when>, and a snapshot of it is made
      Then the copy shows what the journal showed, is verified, and its receipts hold
      And in the copy as in the journal they are never shown

      Examples:
        | when                         |
        | nothing follows them         |
        | others follow them           |
        | only the file says so        |

    Scenario: Nothing is made where something is
      Given a journal of full segments that is to be copied
      Then a snapshot is refused with AlreadyExists in a folder that is not empty, at a file and at a link that leads nowhere
      And it is refused with InvalidArgument in the journal, below it, and nowhere
      And no step of that changed anything

    Scenario: An empty folder, a missing one and one whose parents are missing will do
      Given a journal of full segments that is to be copied
      Then a snapshot can be made in an empty folder, in a missing one, and in one whose parents are missing

    Scenario: The report says what was made
      Given a journal of full segments that is to be copied
      When a snapshot of it is made by its writer
      Then the report says how many segments there are, how many are shared, their bytes, the events and the last sequence

    Scenario Outline: A journal of which nobody knows what the disk holds is not copied: the sync of <what> failed
      Given a journal of full segments that is to be copied, whose writer met a failed sync of <what>
      Then a snapshot by its writer is refused with StorePoisoned
      And one by a reader shows what it showed after a power cut, and shares no segment of which that is not known

      Examples:
        | what           |
        | an event       |
        | a full segment |

    Scenario: Whenever its writer is killed, a copy and the journal go apart
      Given a journal of full segments whose writer is killed at each of its syncs
      When a reader makes a snapshot each time, and the power is cut
      Then each time the copy shows what the reader showed, and what is appended to one of the two is not in the other

    Scenario: It is made on a disk of the machine
      Given a journal on a disk of the machine
      When a snapshot of it is made there
      Then both show the same, and all segments of the copy but the last are shared

  @CAT-JRN-3503
  Rule: A snapshot that ends early leaves nothing behind that passes for one

    @slow
    Scenario: Whatever the disk says at whatever step, there is the whole copy, or none
      Given a journal of full segments that is to be copied
      When a snapshot of it meets EIO at each of its steps, before it and after it
      Then each time there is the whole copy or none, and the journal shows what it showed
      And a snapshot that was made is there after a power cut

    @slow
    Scenario Outline: The power is cut at each step of a snapshot by <whom>, on a disk of the profile <profile>
      When a snapshot by <whom> is explored on a disk of the profile <profile>, and its recovery <again> again
      Then there is the whole copy or none, wherever the power is cut, and it goes on as a journal does

      Examples:
        | whom   | profile    | again |
        | writer | posix-weak | not   |

      @full
      Examples: slow
        | whom   | profile       | again |
        | writer | posix-weak    | once  |
        | reader | posix-weak    | once  |
        | writer | posix-ordered | once  |
        | writer | ext4-ordered  | once  |
        | writer | process-kill  | once  |
        | reader | ext4-ordered  | not   |

  @CAT-JRN-3503
  Rule: Files that are copied while they are written make a prefix, or are refused

    @slow
    Scenario: Each file is read piece by piece while the writer goes on
      When the files of a journal are copied at random moments between the steps of its writer, 150 times
      Then each copy shows the first of all events, as many as there are, or is refused with a typed error
      And some of them show events, and some are refused

    @forks
    Scenario: A process copies what another writes
      When the files of a journal on the disk of the machine are copied while another process writes, 12 times
      Then each copy shows the first of all events, as many as there are, or is refused with a typed error
