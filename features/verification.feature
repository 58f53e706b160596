Feature: Verification

  Verifying reads the bytes and says what they are. Whatever the state of a file there is an outcome, and what was recorded is what
  was read.

  Rule: There is an outcome for every state of a file

    @CAT-DIG-1402
    Scenario Outline: A file that is <file>, verified against <expected>, gives <outcome>
      Given a file to verify that is <file>
      When it is verified against <expected>
      Then the outcome is <outcome>

      Examples: what is there
        | file                         | expected                      | outcome                     |
        | whole                        | its sha256                    | pass                        |
        | whole                        | its sha512                    | pass                        |
        | whole                        | its sha256 and its size       | pass                        |
        | whole                        | nothing                       | warn                        |
        | whole                        | another sha256                | fail, mismatch              |
        | whole                        | another sha512                | fail, mismatch              |
        | empty                        | its sha256                    | pass                        |
        | a link to a file             | its sha256                    | pass                        |
        | changed in one bit           | its sha256                    | fail, mismatch              |
        | shorter by one byte          | its sha256                    | fail, mismatch              |
        | shorter by one byte          | its sha256 and its size       | fail, truncated             |
        | longer by one byte           | its sha256 and its size       | fail, mismatch              |
        | whole                        | its size                      | warn                        |
        | shorter by one byte          | its size                      | fail, truncated             |
        | longer by one byte           | its size                      | fail, mismatch              |

      Examples: what is not there, or no file
        | file                         | expected                      | outcome                     |
        | missing                      | its sha256                    | fail, missing               |
        | missing                      | nothing                       | fail, missing               |
        | a dangling link              | its sha256                    | fail, missing               |
        | below a file                 | its sha256                    | fail, missing               |
        | a link to itself             | its sha256                    | fail, unreadable            |
        | a directory                  | its sha256                    | fail, unreadable            |
        | a FIFO without a writer      | its sha256                    | fail, unreadable            |
        | a device                     | its sha256                    | fail, unreadable            |
        | a name of 300 bytes          | its sha256                    | fail, unreadable            |
        | a name with a NUL            | its sha256                    | fail, unreadable            |
        | forbidden to open            | its sha256                    | fail, unreadable            |
        | failing at its second read   | its sha256                    | fail, unreadable            |

      Examples: what changes meanwhile
        | file                              | expected   | outcome                           |
        | growing while it is read          | its sha256 | fail, changed-during-verification |
        | shrinking while it is read        | its sha256 | fail, changed-during-verification |
        | written to while it is read       | its sha256 | fail, changed-during-verification |
        | replaced while it is read         | its sha256 | pass                              |
        | chmod-ed once while it is read    | its sha256 | pass                              |
        | chmod-ed always while it is read  | its sha256 | fail, changed-during-verification |

    @CAT-DIG-1402
    Scenario: The outcome says what was expected, what was found, and how many bytes were read
      Given a file to verify that is changed in one bit
      When it is verified against its sha256
      Then the outcome names both digests, the bytes that were read and the method "full"

    @CAT-DIG-1402 @CAT-SIM-5004
    Scenario: No fault of the disk, at any step, makes verification throw
      Then each step of a verification on a simulated disk can fail, and gives an outcome

    @CAT-DIG-1403
    Scenario Outline: A file whose status alone moved is hashed again, <times> times at most
      Given a file to verify that is <file>
      When it is verified against its sha256
      Then its bytes were hashed <times> times

      Examples:
        | file                             | times |
        | whole                            | 1     |
        | chmod-ed once while it is read   | 2     |
        | chmod-ed always while it is read | 3     |

    @CAT-DIG-1403 @heavy
    Scenario Outline: Verifying a file of <MiB> MiB takes no more memory than a small one needs
      When a process verifies a sparse file of <MiB> MiB, and another reads 256 MiB of it as a whole
      Then the first needed less than 150 MiB of memory, and the second more than 256 MiB

      Examples:
        | MiB |
        | 256 |

      @full
      Examples: larger than any buffer
        | MiB  |
        | 2048 |

  Rule: Every outcome is recorded

    @CAT-DIG-1404
    Scenario Outline: Where <known> is known and <given> is given, a file that is <file> gives <outcome>
      Given a verified catalog entry that is Active and warned and knows <known>
      And its file is <file>
      When the entry is verified against <given>
      Then the recorded outcome is <outcome>, with the entry <state> and <trust>

      Examples:
        | known             | given          | file     | outcome          | state  | trust      |
        | a declared digest | nothing        | whole    | pass             | Active | verified   |
        | a declared sha512 | nothing        | whole    | pass             | Active | verified   |
        | a computed digest | nothing        | whole    | pass             | Active | warned     |
        | nothing           | nothing        | whole    | warn             | Active | warned     |
        | a computed digest | its sha256     | whole    | pass             | Active | verified   |
        | a computed digest | its sha512     | whole    | pass             | Active | verified   |
        | nothing           | its sha256     | whole    | pass             | Active | verified   |
        | a declared digest | its sha512     | whole    | pass             | Active | verified   |
        | a declared sha512 | its sha256     | whole    | pass             | Active | verified   |
        | a computed digest | another sha256 | whole    | fail, mismatch   | Failed | unverified |
        | a declared digest | another sha256 | whole    | fail, mismatch   | Failed | unverified |
        | a declared digest | another sha512 | whole    | fail, mismatch   | Failed | unverified |
        | a declared digest | nothing        | corrupt  | fail, mismatch   | Failed | unverified |
        | a declared sha512 | nothing        | corrupt  | fail, mismatch   | Failed | unverified |
        | a computed digest | nothing        | corrupt  | fail, mismatch   | Failed | unverified |
        | nothing           | nothing        | corrupt  | fail, mismatch   | Failed | unverified |
        | a computed digest | its sha256     | corrupt  | fail, mismatch   | Failed | unverified |
        | a computed digest | nothing        | short    | fail, truncated  | Failed | unverified |
        | a declared digest | nothing        | missing  | fail, missing    | Failed | unverified |
        | a computed digest | its sha256     | missing  | fail, missing    | Failed | unverified |
        | a computed digest | nothing        | a folder | fail, unreadable | Failed | unverified |

    @CAT-DIG-1404 @CAT-REC-1003
    Scenario Outline: An entry that is <before> is <after> after <outcome>
      Given a verified catalog entry that is <before> and unverified and knows <known>
      And its file is <file>
      When the entry is verified against nothing
      Then the recorded outcome is <outcome>, with the entry <after> and <trust>

      Examples:
        | before  | known             | file    | outcome        | after   | trust      |
        | Pending | a declared digest | whole   | pass           | Active  | verified   |
        | Active  | a declared digest | whole   | pass           | Active  | verified   |
        | Failed  | a declared digest | whole   | pass           | Active  | verified   |
        | Retired | a declared digest | whole   | pass           | Retired | verified   |
        | Pending | nothing           | whole   | warn           | Active  | warned     |
        | Active  | nothing           | whole   | warn           | Active  | warned     |
        | Failed  | nothing           | whole   | warn           | Active  | warned     |
        | Retired | nothing           | whole   | warn           | Retired | warned     |
        | Pending | a computed digest | corrupt | fail, mismatch | Failed  | unverified |
        | Active  | a computed digest | corrupt | fail, mismatch | Failed  | unverified |
        | Failed  | a computed digest | corrupt | fail, mismatch | Failed  | unverified |
        | Retired | a computed digest | corrupt | fail, mismatch | Retired | unverified |
        | Pending | a computed digest | missing | fail, missing  | Failed  | unverified |
        | Retired | a computed digest | missing | fail, missing  | Retired | unverified |

    @CAT-DIG-1404 @CAT-REC-1004
    Scenario Outline: Trust that is <before> is <after> after <outcome> against <known>, and verified_at is <when>
      Given a verified catalog entry that is Active and <before> and knows <known>
      And its file is <file>
      When the entry is verified against nothing
      Then the recorded outcome is <outcome>, with the entry <state> and <after>
      And its verified_at is <when>

      Examples:
        | before     | known             | file    | outcome        | state  | after      | when  |
        | unverified | a declared digest | whole   | pass           | Active | verified   | now   |
        | warned     | a declared digest | whole   | pass           | Active | verified   | now   |
        | verified   | a declared digest | whole   | pass           | Active | verified   | now   |
        | unverified | a computed digest | whole   | pass           | Active | warned     | none  |
        | warned     | a computed digest | whole   | pass           | Active | warned     | none  |
        | verified   | a computed digest | whole   | pass           | Active | verified   | as it was |
        | unverified | nothing           | whole   | warn           | Active | warned     | none  |
        | warned     | nothing           | whole   | warn           | Active | warned     | none  |
        | unverified | a declared digest | corrupt | fail, mismatch | Failed | unverified | none  |
        | warned     | a declared digest | corrupt | fail, mismatch | Failed | unverified | none  |
        | verified   | a declared digest | corrupt | fail, mismatch | Failed | unverified | none  |

    @CAT-DIG-1404
    Scenario: The digest of content of which nothing was known is stored as computed
      Given a verified catalog entry that is Active and unverified and knows nothing
      And its file is whole
      When the entry is verified against nothing
      Then its digest is that of its file, computed

    @CAT-DIG-1404 @CAT-BLB-2106
    Scenario: A model of many files is verified as a whole
      Given a catalog over the fs store
      And these sources:
        | name      | content |
        | d/a.gguf  | 1       |
        | d/b.gguf  | 2       |
      And a model "m" that was added from "d"
      When "m" is verified with {}
      Then the verification of "m" is pass
      When the second file of "m" is damaged
      And "m" is verified with {}
      Then the verification of "m" is fail, mismatch

    @CAT-DIG-1404
    Scenario Outline: With a path an entry without files gets the file first, over the <store> store
      Given a catalog over the <store> store
      And a source "a.gguf" of "some weights"
      And a model "m" that was registered with {}
      When "m" is verified with {"path":"<sources>/a.gguf","expected":"<sha256 a.gguf>"}
      Then the verification of "m" is pass
      And the entry "m" has {"state":"Active","trust_state":"verified","digest":"<sha256 a.gguf>"}
      And the model "m" is found whole

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-DIG-1404
    Scenario: With a path and nothing known an entry without files is warned
      Given a catalog over the memory store
      And a source "a.gguf" of "some weights"
      And a model "m" that was registered with {}
      When "m" is verified with {"path":"<sources>/a.gguf"}
      Then the verification of "m" is warn
      And the entry "m" has {"state":"Active","trust_state":"warned","digest_source":"computed"}

    @CAT-DIG-1404
    Scenario Outline: A <state> entry without files, verified by <path>, is <after> after <outcome>
      Given a catalog over the fs store
      And these sources:
        | name         | content        |
        | a.gguf       | some weights   |
        | b.gguf       | other weights! |
        | empty/.keep  |                |
      And the entry "m" is stored with {"state":"<state>","trust_state":"warned","digest":"<sha256 a.gguf>","digest_source":"declared"}
      When "m" is verified with {"path":"<sources>/<path>"}
      Then the verification of "m" is <outcome>
      And the entry "m" has {"state":"<after>","trust_state":"unverified","files":null}
      And there is nothing in blobs, models and ingest

      Examples:
        | state   | path        | after   | outcome          |
        | Pending | b.gguf      | Failed  | fail, mismatch   |
        | Active  | b.gguf      | Failed  | fail, mismatch   |
        | Failed  | b.gguf      | Failed  | fail, mismatch   |
        | Retired | b.gguf      | Retired | fail, mismatch   |
        | Pending | none.gguf   | Pending | fail, missing    |
        | Active  | none.gguf   | Failed  | fail, missing    |
        | Retired | none.gguf   | Retired | fail, missing    |
        | Pending | a.gguf/x    | Pending | fail, missing    |

    @CAT-DIG-1404
    Scenario Outline: A Pending entry verified by a file that <befalls> has failed as unreadable
      Given a catalog over the fs store on a disk where the source <befalls>
      And a source "a.gguf" that is a GGUF file of 5 MiB
      And a model "m" that was registered with {}
      When "m" is verified with {"path":"<sources>/a.gguf"}
      Then the verification of "m" is <outcome>
      And the entry "m" has {"state":"Failed","files":null}

      Examples:
        | befalls              | outcome                           |
        | is forbidden to open | fail, unreadable                  |
        | cannot be read       | fail, unreadable                  |
        | grows                | fail, changed-during-verification |

    @CAT-DIG-1404
    Scenario: A Pending entry that never had files keeps its state
      Given a catalog over the memory store
      And a model "m" that was registered with {}
      When "m" is verified with {}
      Then the verification of "m" is fail, missing
      And the entry "m" has {"state":"Pending","trust_state":"unverified"}

    @CAT-DIG-1404
    Scenario Outline: A copy elsewhere that is <copy> is judged, and the entry keeps its own files
      Given a catalog over the fs store
      And these sources:
        | name    | content        |
        | a.gguf  | some weights   |
        | b.gguf  | some weights   |
        | c.gguf  | other weights! |
      And a model "m" that was added from "a.gguf"
      When "m" is verified with {"path":"<sources>/<copy>"}
      Then the verification of "m" is <outcome>
      And the entry "m" has the files that it had

      Examples:
        | copy   | outcome        |
        | b.gguf | pass           |
        | c.gguf | fail, mismatch |

    @CAT-DIG-1404
    Scenario: Verifying a model that is not there is refused
      Given a catalog over the memory store
      When "m" is verified with {}
      Then the catalog refuses it with NotFound

    @CAT-ADO-2203 @CAT-DIG-1404
    Scenario: A referenced file that changed is not what it was
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf" with {"mode":"reference"}
      When the content of "a.gguf" becomes "evil weights"
      And "m" is verified with {}
      Then the verification of "m" is fail, mismatch

  Rule: Present is not correct

    @CAT-DIG-1405
    Scenario: Good content heals a blob that was zeroed in the middle, and the bad bytes are kept with a note
      Given a catalog over the fs store
      And a source "a.gguf" that is a GGUF file of 1 MiB
      And a model "m" that was added from "a.gguf"
      When the blob of "a.gguf" is zeroed in the middle
      And "m" is verified with {}
      Then the verification of "m" is fail, mismatch
      And the quarantine is empty
      When "a.gguf" is added as "m"
      Then the entry "m" has {"state":"Active","trust_state":"warned"}
      And the model "m" is found whole
      And the bad bytes are in quarantine, with why, when and from where

    @CAT-DIG-1405
    Scenario: Adding the content as another model heals it as well
      Given a catalog over the fs store
      And a source "a.gguf" that is a GGUF file of 1 MiB
      And a model "m" that was added from "a.gguf"
      When the blob of "a.gguf" is zeroed in the middle
      And "a.gguf" is added as "other"
      Then the models "m" and "other" are found whole
      And the bad bytes are in quarantine, with why, when and from where

    @CAT-DIG-1405
    Scenario: A blob whose file is another size is healed without being read
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When the blob of "a.gguf" is cut short
      And "a.gguf" is added as "m"
      Then the model "m" is found whole

    @CAT-DIG-1405
    Scenario Outline: A blob that is <state> since it was verified is read <times> when its content comes again
      Given a catalog over the fs store that counts what it reads
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And the blob of "a.gguf" is <state>
      When "a.gguf" is added as "other"
      Then the blob of "a.gguf" was read <times>

      Examples:
        | state     | times    |
        | unchanged | 0 times  |
        | touched   | 1 times  |

    @CAT-DIG-1405 @CAT-DIG-1406
    Scenario Outline: A quick verification of a file that is <state> is <outcome> by <method>
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf" with <options>
      And the blob of "a.gguf" is <state>
      When "m" is verified with {"quick":true}
      Then the verification of "m" is <outcome>
      And it was done by the method "<method>"

      Examples:
        | state     | options                       | outcome        | method |
        | unchanged | {}                            | pass           | quick  |
        | unchanged | {"digest":"<sha256 a.gguf>"}  | pass           | quick  |
        | unchanged | {"digest":"<sha512 a.gguf>"}  | pass           | quick  |
        | touched   | {}                            | pass           | full   |
        | damaged   | {}                            | fail, mismatch | full   |

    @CAT-DIG-1405
    Scenario: A quick verification against another digest than was verified reads the bytes
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is verified with {"quick":true,"expected":"<sha512 a.gguf>"}
      Then the verification of "m" is pass
      And it was done by the method "full"

  Rule: What takes long can be watched and aborted

    @CAT-DIG-1407
    Scenario Outline: <doing> that is aborted in the middle leaves nothing behind
      Given a catalog over the fs store
      And a source "a.gguf" that is a GGUF file of 5 MiB
      And a source "b.gguf" that is a GGUF file of 6 MiB
      And a model "a" that was added from "a.gguf"
      When <doing> is aborted at its second report of progress
      Then the catalog refuses it with Aborted
      And the folder "ingest" of the catalog is empty
      And the entry "a" is as it was
      And there is no entry "b"

      Examples:
        | doing                   |
        | an add                  |
        | an add by link          |
        | an add by reference     |
        | an add of known content |
        | a verification          |

    @CAT-DIG-1407
    Scenario Outline: <doing> that was aborted before it began does nothing
      Given a catalog over the fs store
      And a source "a.gguf" that is a GGUF file of 5 MiB
      And a source "b.gguf" of ""
      And a model "a" that was added from "a.gguf"
      When <doing> is aborted before it begins
      Then the catalog refuses it with Aborted
      And the entry "a" is as it was
      And there is no entry "b"

      Examples:
        | doing               |
        | an add              |
        | an add by reference |
        | a verification      |

    @CAT-DIG-1407
    Scenario: The progress of a verification grows to the total
      Given a catalog over the fs store
      And a source "a.gguf" that is a GGUF file of 5 MiB
      And a model "a" that was added from "a.gguf"
      When the progress of a verification of "a" is watched
      Then the add told its progress up to the total

  Rule: Looking for a model changes nothing

    @CAT-REF-1306
    Scenario Outline: <look> takes no step that writes
      When <look> is traced, for ids and references that are there and that are not
      Then no step of it wrote anything

      Examples:
        | look    |
        | exists  |
        | locate  |

    @CAT-REF-1306
    Scenario Outline: A model is found by <reference>
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And the model "m" was registered by "hf:Org/Model" and then filled from "a.gguf"
      Then "<reference>" exists and is located at the files of "m"

      Examples:
        | reference            |
        | m                    |
        | hf:Org/Model         |

    @CAT-REF-1306
    Scenario Outline: <reference> is not found, and that is no error
      Given a catalog over the fs store
      And a model "m" that was registered with {}
      Then "<reference>" is not located

      Examples:
        | reference                  |
        | nothing                    |
        | m                          |
        | hf:Org/Other               |
        | ../escape                  |
        | file:///none               |
        | hf:                        |
        | nosuchscheme:x             |

    @CAT-REF-1306
    Scenario: A model with a file missing exists and is not located
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf" with {"mode":"reference"}
      When the source "a.gguf" is removed
      Then "m" is not located
      And "m" exists

    @CAT-REF-1306 @CAT-IDX-1105
    Scenario: A catalog of a newer version is not guessed at
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And its index is of a newer version
      Then exists and locate of "m" are refused with SchemaVersionUnsupported
