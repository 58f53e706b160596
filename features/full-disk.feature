Feature: A full disk

  A catalog keeps room back while there is some. On a full disk it gives that up for what makes room, and for nothing else; and what
  would not fit is refused before the first byte of it is written.

  @CAT-IDX-1116
  Rule: What removes works on a full disk

    Scenario Outline: From the <store> store models are removed on a disk that others fill again after each
      Given a catalog of the <store> store with 12 models and their bytes, on a disk of 8 MiB
      When others fill the disk and a model is removed, over and over
      Then each was removed with its bytes, and nothing else
      When others leave the disk and a model is put
      Then there is a reserve of 1 MiB

      Examples:
        | store   |
        | fs      |
        | journal |

    Scenario Outline: From the <store> store records are removed that have no bytes to give back
      Given a catalog of the <store> store with 20 models without bytes, on a disk of 8 MiB
      When others fill the disk and a model is removed, over and over
      Then each was removed, and nothing else

      Examples:
        | store   |
        | fs      |
        | journal |

    @slow
    Scenario Outline: On a file system without a free byte the <store> store lets calls and commands remove in turn
      Given a file system of 8 MiB
      And a catalog of the <store> store with 6 models and their bytes on it
      Then its reserve takes up 1 MiB and is private
      When others fill it and a model is removed by a call and by a command in turn, over and over
      Then no model and no blob is left
      When others leave it and a model is put
      Then its reserve takes up 1 MiB and is private

      Examples:
        | store   |
        | fs      |
        | journal |

    Scenario Outline: To the <store> store a put is refused on a full disk, and the reserve stays for who removes
      Given a catalog of the <store> store with 3 models without bytes, on a disk of 8 MiB
      And others fill the disk
      When a large model is put
      Then that is refused with NoSpace
      And there is a reserve of 1 MiB
      When a large model is put and a model is removed in one turn
      Then the put is refused with NoSpace, and the removal is done

      Examples:
        | store   |
        | fs      |
        | journal |

    Scenario: Without a reserve the oldest generations make room, and the newest stays
      Given a catalog of the fs store with 7 models without bytes, on a disk of 8 MiB
      And its reserve is gone
      When others fill the disk and a model is removed, over and over
      Then each was removed, and nothing else
      And fewer generations are left than are kept, and of the other index one or more

    Scenario: Where there is nothing left to give a removal is refused, and the newest generation stays
      Given a catalog of the fs store with 1 model without bytes, on a disk of 8 MiB
      And a model of 300 KiB beside it
      And its reserve is gone
      When others fill the disk and a model is removed, over and over
      Then that is refused with NoSpace
      And one generation is left of each index, and the catalog is whole

    Scenario: A full disk on which something is to be mended is opened to write, and what is there is removed
      Given a catalog of the fs store with 3 models and their bytes, on a disk of 8 MiB without hard links
      And its index lags behind
      When others fill the disk and a model is removed by another process
      Then each was removed with its bytes, and nothing else

    @slow
    Scenario Outline: After a power cut at any step of <work> everything is as before or after it, and can be removed from
      When the power is cut at every step of <work>, and at every step of the recovery
      Then nothing that was promised was broken, on at least <disks> disks

      Examples:
        | work                                              | disks |
        | the put that makes the reserve                    | 100   |
        | a removal that is given the reserve, and more     | 60    |
        | a removal from the journal that is given the same | 30    |

      @full
      Examples: with larger files
        | work                                | disks |
        | the put that makes a larger reserve | 40    |

  @CAT-IDX-1116
  Rule: The reserve is no trouble

    Scenario Outline: Of <free> free bytes a reserve of <wanted> that <was> takes <taken>
      Then of <free> free bytes a reserve of <wanted> that <was> takes <taken>

      Examples: as much again stays free
        | free    | wanted  | was            | taken   |
        | 2097152 | 1048576 | was never made | 1048576 |
        | 2097151 | 1048576 | was never made | 0       |
        | 0       | 1048576 | was never made | 0       |

      Examples: as far as it is there, in blocks, and not less than 64 KiB
        | free    | wanted  | was          | taken   |
        | 2097151 | 1048576 | was given up | 1048576 |
        | 1064960 | 1048576 | was given up | 1048576 |
        | 1064959 | 1048576 | was given up | 1044480 |
        | 81920   | 1048576 | was given up | 65536   |
        | 81919   | 1048576 | was given up | 0       |
        | 0       | 1048576 | was given up | 0       |

    Scenario Outline: A reserve of <bytes> bytes is written in <pieces>, with the mark before all of them
      Then a reserve of <bytes> bytes is written in pieces of <pieces>, with the mark before all of them

      Examples:
        | bytes   | pieces           |
        | 65536   | 65536            |
        | 1048576 | 1048576          |
        | 1114112 | 1048576 and 65536 |
        | 2097152 | 1048576 and 1048576 |

    Scenario Outline: The <store> store makes it when what was put is durable
      When the first model is put to the <store> store on a disk of 8 MiB
      Then a power cut before the first byte of the reserve leaves that model

      Examples:
        | store   |
        | fs      |
        | journal |

    Scenario Outline: A reserve that cannot be made, for <errno>, fails no put
      Given a disk of 8 MiB on which nothing can be done to the reserve, for <errno>
      When models are put to the <store> store
      Then they are there, and no reserve nor a part of one

      Examples:
        | store   | errno  |
        | fs      | EIO    |
        | fs      | ENOSPC |
        | fs      | EDQUOT |
        | fs      | EACCES |
        | journal | EIO    |
        | journal | ENOSPC |

    Scenario: Nothing is kept back where there is little
      Given a catalog of the fs store with 1 model without bytes, on a disk of 2 MiB
      Then there is no reserve
      When others leave the disk and a model is put
      Then there is no reserve

    Scenario: It grows with the index
      Given a catalog of the fs store with 1 model without bytes, on a disk of 16 MiB
      When models of 300 KiB are put, 4 of them
      Then there is a reserve of 3 MiB

    Scenario: It is made once, not with every put
      Given a catalog of the fs store with 1 model without bytes, on a disk of 8 MiB
      When 5 models are put
      Then the reserve is the same file as before

    Scenario Outline: A reserve that is <what> is left alone, told by the doctor, and others make room
      Given a catalog of the fs store with 5 models without bytes, on a disk of 8 MiB
      And its reserve is <what>
      When others fill the disk
      And a model is removed by another process
      Then it is still <what>, and what is behind it is as it was
      And the doctor tells of "reserve-not-ours" for the reserve

      Examples:
        | what                          |
        | a symbolic link to a file     |
        | a second name of a file       |
        | a directory                   |
        | a file of somebody            |

    Scenario: A healthy reserve, and what a dead writer left of one, are no error
      Given a catalog of the fs store with 1 model without bytes, on a disk of 8 MiB
      Then the doctor tells of nothing for the reserve
      When a writer has died while it made the reserve
      Then the doctor tells of "temp-left" for the reserve
      When a process opens the catalog to write
      Then no part of a reserve is left

    Scenario: A catalog that is moved to another store keeps its reserve, and a copy of it makes its own
      Given a catalog of the fs store with 3 models without bytes, on a disk of 8 MiB
      When it is moved to the journal store
      Then there is a reserve of 1 MiB
      And a copy of the catalog has none before it is written to

  @CAT-BLB-2108
  Rule: What does not fit is refused before it is written

    Scenario Outline: <files> that need more than is free are refused by <mode>, with what is needed and what is free
      Given a catalog of the <store> store with 1 model without bytes, on a disk of 8 MiB
      And a source of <files>
      And others leave <free> KiB of the disk
      When that source is added by <mode>
      Then it is refused with NoSpace, <sum> KiB and a margin being needed, and what is free told
      And not a byte was written, and nothing has changed
      When others leave the disk
      Then that source can be added by <mode>

      Examples:
        | store   | files                   | mode | free | sum  |
        | fs      | one file of 900 KiB     | copy | 800  | 900  |
        | fs      | one file of 900 KiB     | auto | 800  | 900  |
        | fs      | three files of 500 KiB  | copy | 1200 | 1500 |
        | fs      | three files of 500 KiB  | auto | 1200 | 1500 |
        | journal | one file of 900 KiB     | copy | 800  | 900  |

    Scenario: What would leave no room for its record is refused as well
      Given a catalog of the fs store with 1 model without bytes, on a disk of 8 MiB
      And a source of one file of 900 KiB
      And others leave 920 KiB of the disk
      When that source is added by copy
      Then it is refused with NoSpace, 900 KiB and a margin being needed, and what is free told

    Scenario Outline: What <way> needs no room of its own
      Given a catalog of the fs store with 1 model without bytes, on a disk of 8 MiB
      And a source of one file of 900 KiB
      And others leave 200 KiB of the disk
      When that source is added by <mode>
      Then it is there by <mode>

      Examples:
        | way                  | mode      |
        | is linked            | link      |
        | stays where it lies  | reference |

    Scenario: What shares its blocks needs no room of its own
      Given a catalog of the fs store with 1 model without bytes, on a disk that shares blocks and says that 200 KiB of it are free
      And a source of one file of 900 KiB
      When that source is added by auto
      Then it is there by reflink

    Scenario: Content that is there already counts for nothing, and is read once
      Given a catalog of the fs store with 1 model without bytes, on a disk of 8 MiB
      And a source of three files of 500 KiB, two of which the catalog has
      And others leave 700 KiB of the disk
      When that source is added by copy
      Then it is there by copy
      And what the catalog has was read once, what is new once more, and no more than a header besides

    Scenario: A disk that cannot tell what is free is not judged
      Given a catalog of the fs store with 1 model without bytes, on a disk of 8 MiB
      And a source of one file of 900 KiB
      And the disk cannot tell what is free
      When that source is added by copy
      Then it is there by copy
