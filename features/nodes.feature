@CAT-FLT-7010
Feature: A node of a fleet

  A machine keeps its own catalog of what it has, and a copy of what its fleet has. It follows the fleet, tells it what it holds, and answers
  which machines hold a model without asking anybody.

  Rule: A node follows its fleet

    Scenario Outline: What is put, changed and deleted in the fleet is so on a node after its next sync, over the <store> store
      Given a fleet with the models "a, b, gone" and the engines "e, old"
      And a node "one" with the <store> store
      When node "one" syncs
      Then node "one" knows the models "a, b, gone" and the engines "e, old" of the fleet
      When in the fleet the model "c" is put, "a" is renamed to "better", "gone" is deleted, and the engine "old" is deleted
      And node "one" syncs
      Then it has followed 1 added, 1 changed and 1 removed models, and 0 added, 0 changed and 1 removed engines
      And node "one" knows the models "a, b, c" and the engines "e" of the fleet
      And node "one" knows "a" of the fleet by the name "better"
      And what it knows is what the fleet has, at the same revisions

      Examples:
        | store   |
        | fs      |
        | journal |

    Scenario: What was there before and is there again, and what came and went between two syncs, is as in the fleet
      Given a fleet with the models "a, b" and the engines "e"
      And a node "one" that has synced
      When in the fleet "a" is deleted and put again, and "passing" is put and deleted
      And node "one" syncs
      Then what it knows is what the fleet has, at the same revisions

    Scenario: A sync asks for nothing but what is new
      Given a fleet with 50 models
      And a node "one" that has synced
      When in the fleet the models "m1, m2, new" are put
      And node "one" syncs
      Then the fleet has listed 0 records and told of 3 changes
      When node "one" syncs
      Then the fleet has listed 0 records and told of 0 changes
      And nothing was written on node "one"

    Scenario: Ten thousand new records are one publication
      Given a fleet with 3 models
      And a node "one" that has synced
      When 10000 models more are put in the fleet
      And node "one" syncs
      Then it has followed 10000 added models
      And one file of the copy was published for them

    Scenario: What the fleet keeps no more is made up for by taking that collection as a whole
      Given a fleet with the models "a, b" and the engines "e"
      And a node "one" that has synced
      When in the fleet "a" is deleted and "c" is put, and the fleet forgets how it came to that
      And node "one" syncs
      Then it has taken "models, engines, holdings" as a whole
      And what it knows is what the fleet has, at the same revisions
      When in the fleet the models "d" are put
      And node "one" syncs
      Then it has taken "" as a whole
      And what it knows is what the fleet has, at the same revisions

    Scenario: A clock that goes back years keeps no node from following, announcing or answering
      Given a fleet with the models "a" and the engines "e"
      And a node "one" that has synced
      When the clock of the machine goes back 3 years
      And in the fleet the models "b" are put
      And node "one" adds "some weights" as "a-copy"
      And node "one" syncs
      Then what it knows is what the fleet has, at the same revisions
      And node "one" tells that "a-copy" is held by "one"

    Scenario: A node that has followed no fleet must be told which one
      Given a fleet with the models "a" and the engines "e"
      And a node "one" with the fs store
      When node "one" syncs without being told from where
      Then it is refused for the node with InvalidArgument
      When node "one" looks for the fleet in "mysql://somewhere/fleet"
      Then it is refused for the node with InvalidArgument

  Rule: Whatever stops a sync leaves the copy before or the one after, whole

    @slow
    Scenario Outline: A process that is killed, or a machine whose power is cut, at any step of <sync>
      Given <sync>
      When it is killed before each of its steps
      Then each time the copy was one that may be there, also after a power cut, and the next sync made it that of the fleet

      Examples:
        | sync                                   |
        | the first sync of a node               |
        | a sync of a node that followed before  |
        | a sync that takes another history      |

    @slow
    Scenario Outline: Every disk that a power cut may leave of <sync>
      Given <sync>
      Then whatever disk a power cut at any of its steps leaves shows a copy that may be there, and the next sync makes it that of the fleet

      Examples:
        | sync                                   |
        | a sync that takes another history      |

      @full
      Examples:
        | sync                                   |
        | the first sync of a node               |
        | a sync of a node that followed before  |

    @slow
    Scenario Outline: Each step of <sync> may fail with <error>
      Given <sync>
      When each of its steps fails once with <error>
      Then each time it was refused with <code> or done, the copy was one that may be there, and the next sync made it that of the fleet

      Examples:
        | sync                                   | error  | code             |
        | the first sync of a node               | EIO    | IoError          |
        | a sync of a node that followed before  | EIO    | IoError          |
        | a sync of a node that followed before  | ENOSPC | NoSpace          |
        | a sync that takes another history      | ENOSPC | NoSpace          |
        | a sync of a node that followed before  | EROFS  | ReadOnly         |
        | a sync of a node that followed before  | EACCES | PermissionDenied |

    Scenario: A sync that was killed between telling the fleet what it holds and noting that tells nothing twice
      Given a fleet with the models "a" and the engines "e"
      And a node "one" that has synced
      When node "one" adds "some weights" as "mine"
      And node "one" is killed when the fleet has been told
      And node "one" syncs
      Then the fleet says that "one" holds "mine"
      And what it knows is what the fleet has, at the same revisions

    Scenario: Two syncs of one root are not at work at once
      Given a fleet with the models "a" and the engines "e"
      And a node "one" with the fs store
      When node "one" syncs twice at once, the first waiting for the fleet
      Then the second is refused with Busy, and the first ends well
      And what it knows is what the fleet has, at the same revisions

    Scenario: A catalog that was opened read-only follows nobody
      Given a fleet with the models "a" and the engines "e"
      And a node "one" that has synced
      When node "one" is opened read-only
      And node "one" tries to sync
      Then it is refused for the node with ReadOnly
      And node "one" knows the models "a" and the engines "e" of the fleet

  Rule: What is damaged is told, and taken anew

    Scenario Outline: A <part> that is <damage>
      Given a fleet with the models "a, b" and the engines "e"
      And a node "one" that has synced, with a model "mine" of its own
      When the <part> of the copy is <damage>
      Then looking into the fleet's part of it is refused with IndexCorrupt
      And its own model "mine" is there and can be changed
      And doctor finds "fleet-copy-damaged", and that alone
      When node "one" syncs
      Then it has taken "<anew>" as a whole
      And what it knows is what the fleet has, at the same revisions
      And doctor finds nothing

      Examples:
        | part     | damage      | anew                      |
        | models   | changed     | models                    |
        | engines  | changed     | engines                   |
        | holdings | cut short   | holdings                  |
        | models   | emptied     | models                    |
        | engines  | gone        | engines                   |
        | origin   | changed     | models, engines, holdings |
        | origin   | cut short   | models, engines, holdings |

    Scenario: No byte of a copy can change unseen
      Given a fleet with the models "a, b" and the engines "e"
      And a node "one" that has synced
      Then each byte of each file of the copy that is another one is found

  Rule: A copy is of one history of one fleet

    Scenario: A fleet that went back is not followed until that is asked for
      Given a fleet with the models "a, b" and the engines "e"
      And the fleet is backed up
      And in the fleet the models "c" are put
      And a node "one" that has synced
      When the fleet is put back to its backup
      And node "one" tries to sync
      Then it is refused for the node with HistoryRewound
      And node "one" knows the models "a, b, c" and the engines "e" of the fleet
      When node "one" syncs with "restart"
      Then what it knows is what the fleet has, at the same revisions
      And node "one" syncs and follows nothing more

    Scenario Outline: <what> is not followed until that is asked for
      Given a fleet with the models "a, b" and the engines "e"
      And a node "one" that has synced
      When <change>
      And node "one" tries to sync
      Then it is refused for the node with <code>
      And node "one" knows the models "a, b" and the engines "e" of the fleet
      When node "one" syncs with "restart"
      Then node "one" knows the models "x" and the engines "" of the fleet
      And what it knows is what the fleet has, at the same revisions

      Examples:
        | what                         | change                               | code           |
        | A fleet that was made anew   | the fleet is made anew, with "x"     | HistoryRewound |
        | Another fleet                | there is another fleet, with "x"     | StoreMismatch  |

  Rule: What belongs to the fleet is not changed on a node

    Scenario Outline: <operation> of a record that only the fleet has is refused, and changes nothing
      Given a fleet with the models "a, b" and the engines "e"
      And a node "one" that has synced
      When on node "one" <operation> is tried
      Then it is refused for the node with Unsupported, naming "<id>" and the fleet
      And nothing was written on node "one"
      And what it knows is what the fleet has, at the same revisions

      Examples:
        | operation      | id |
        | put            | a  |
        | register       | a  |
        | setState       | a  |
        | verify         | a  |
        | delete         | a  |
        | evict          | a  |
        | evict dry      | a  |
        | pin            | a  |
        | unpin          | a  |
        | lease          | a  |
        | engines.put    | e  |
        | engines.delete | e  |
        | fleet put      | a  |
        | fleet delete   | a  |
        | holding put    | x  |

    Scenario: What a node has of its own is changed as ever, whatever the fleet has
      Given a fleet with the models "a, b" and the engines "e"
      And a node "one" that has synced
      When node "one" registers "mine", and in the fleet the models "mine" are put
      And node "one" syncs
      Then on node "one" "mine" is its own, and can be pinned, unpinned and deleted
      And on node "one" "mine" is the fleet's then

    Scenario: A node shows what the fleet has, marked, and lists it when asked
      Given a fleet with the models "a, b" and the engines "e"
      And a node "one" that has synced, with a model "mine" of its own
      Then node "one" shows "a" as the fleet's, from where it came, and not where it lies elsewhere
      And node "one" shows "mine" as its own
      And node "one" lists "mine", and with the fleet's "a, b, mine"
      And on node "one" "a" exists, and the reference it was made from, and not "zzz"

    Scenario: A node without a fleet is as it was: nothing is there, and nothing is looked for but once
      Given a node "one" with the fs store
      Then node "one" has no fleet, lists none, and shows no "a"

  Rule: A node comes to hold a model of the fleet by adding its content

    Scenario: The content that the fleet says makes a record of the node's own
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      When node "one" adds "some weights" as "a"
      Then on node "one" "a" is its own, verified
      When node "one" syncs
      Then node "one" tells that "a" is held by "one"

    Scenario: Other content is refused, and nothing is recorded
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      When node "one" tries to add "other weights" as "a"
      Then it is refused for the node with DigestMismatch
      And on node "one" "a" is the fleet's then

    Scenario: Whoever says himself what the content is must say what the fleet says
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      When node "one" tries to add "other weights" as "a", saying so
      Then it is refused for the node with DigestMismatch

    Scenario: A model of the fleet is found where the node has its content under another id
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      Then node "one" locates "a" nowhere
      When node "one" adds "some weights" as "mine"
      Then node "one" locates "a" where "mine" lies

  Rule: Which nodes hold a model is answered from the last copy

    Scenario: Each node tells of all that hold it, with the fleet out of reach
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      And a node "two" that has synced
      When node "one" adds "some weights" as "a"
      And node "two" adds "some weights" as "my-a"
      And node "two" verifies "my-a"
      And node "one" syncs, and node "two", and node "one" again
      And the fleet cannot be reached
      Then node "one" tells that "a" is held by "one, two"
      And node "two" tells that "a" is held by "one, two"
      And each tells which of them it is, with the path on each, and when it was verified
      And node "one" tells the same by the digest of "some weights", and by a reference to "a"
      And both say as of which revisions of the fleet

    Scenario Outline: What a node <does> it holds no more
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      And a node "two" that has synced
      When node "one" adds "some weights" as "a"
      And node "one" syncs, and node "two", and node "one" again
      Then node "two" tells that "a" is held by "one"
      When node "one" <does> "a"
      Then node "one" tells that "a" is held by ""
      When node "one" syncs, and node "two", and node "one" again
      Then node "two" tells that "a" is held by ""

      Examples:
        | does              |
        | evicts            |
        | retires           |
        | loses the file of |
        | truncates         |

    Scenario: The same content twice is held once, and one copy less is still held
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      When node "one" adds "some weights" as "x"
      And node "one" adds "some weights" as "y"
      And node "one" syncs
      Then the fleet says that "one" holds "x"
      When node "one" evicts "x"
      And node "one" syncs
      Then the fleet says that "one" holds "y"

    Scenario: A node that has nothing new to tell changes nothing in the fleet
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      When node "one" adds "some weights" as "a"
      And node "one" syncs
      Then it has announced 1 and taken back 0
      When node "one" syncs
      Then it has announced 0 and taken back 0
      And the fleet is at the revision at which it was

    Scenario: Whoever may only read tells the fleet nothing
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      When node "one" adds "some weights" as "a"
      And node "one" syncs with "no announce"
      Then the fleet says that "one" holds nothing
      And node "one" tells that "a" is held by "one"

    Scenario: Two machines cannot be one node
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      And node "one" has added "some weights" as "a" and synced
      And a node "twin" with the fs store
      When node "twin" adds "other weights" as "b"
      And node "twin" tries to sync as "one"
      Then it is refused for the node with AlreadyExists
      And the fleet says that "one" holds "a"
      And node "twin" tells that "a" is held by "one"
      When node "twin" syncs as "one" with "take over"
      Then the fleet says that "one" holds "b"

    Scenario: A node that has lost who it was takes its name and what it said back
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      And node "one" has added "some weights" as "a" and synced
      When the origin of the copy is cut short
      Then doctor tells how node "one" takes its name back
      When node "one" tries to sync as "one"
      Then it is refused for the node with AlreadyExists
      When node "one" syncs as "one" with "take over"
      Then the fleet says that "one" holds "a"
      And node "one" tells that "a" is held by "one"

    Scenario: A node of another name takes what it said under the old one with it
      Given a fleet that has "some weights" as "a"
      And a node "one" that has synced
      And node "one" has added "some weights" as "a" and synced
      When node "one" syncs as "other"
      Then the fleet says that "one" holds nothing
      And the fleet says that "other" holds "a"
      When node "one" syncs
      Then the fleet says that "other" holds "a"

    Scenario Outline: "<name>" is no name of a node
      Given a fleet that has "some weights" as "a"
      And a node "one" with the fs store
      When node "one" tries to sync as "<name>"
      Then it is refused for the node with <code>

      Examples:
        | name  | code            |
        | a/b   | InvalidArgument |
        | ../up | InvalidId       |

    Scenario: What nobody knows is not found, and what nobody has hashed is held by nobody
      Given a fleet with the models "a" and the engines "e"
      And a node "one" that has synced
      Then node "one" tells that "a" is held by ""
      And asking node "one" where "zzz" is, is refused with NotFound
      And asking node "one" where a digest is that nobody knows, is refused with NotFound

    Scenario: A machine that follows no fleet tells of itself
      Given a node "one" with the fs store
      When node "one" adds "some weights" as "a"
      Then node "one" tells that "a" is held by itself alone, as of nothing

  Rule: A node may go on following

    Scenario: Each change, there or here, is followed when it comes
      Given a fleet that has "some weights" as "a"
      And a node "one" with the fs store
      And node "one" follows
      When it has told of a round
      And in the fleet the models "b" are put
      Then it tells of a round with 1 added models
      When node "one" adds "some weights" as "mine"
      Then it tells of a round that announced 1
      And the fleet says that "one" holds "mine"
      When it is told to stop
      Then it has stopped, and node "one" can sync

    Scenario: A fleet that is out of reach for a while is waited for
      Given a fleet with the models "a" and the engines "e"
      And a node "one" with the fs store
      And node "one" follows
      When it has told of a round
      And the fleet is out of reach until it was asked 5 times, and the models "b" are put there
      Then it tells of a round with 1 added models
      When it is told to stop
      Then it has stopped, and node "one" can sync

    Scenario: One round does not wait: what the node knows stays
      Given a fleet with the models "a" and the engines "e"
      And a node "one" that has synced
      When the fleet cannot be reached
      And node "one" tries to sync
      Then it is refused for the node with IoError
      And node "one" knows the models "a" and the engines "e" of the fleet

  @postgres
  Rule: The command follows a fleet on a server

    Scenario: Two machines follow a fleet, and each tells where a model lies, with the server down too
      Given a fleet in PostgreSQL with the models "b, c", and "some weights" as "a"
      When on "one" `catalog sync --from {secret} --node one --json` exits with 0
      Then it answers with a document like this:
        """
        {"schema":1,"report":{"from":"<fleet>","lineage":"<text>","node":"one","revisions":{"models":3,"engines":3,"holdings":3},
        "anew":["models","engines","holdings"],"models":{"added":3,"changed":0,"removed":0},"engines":{"added":0,"changed":0,"removed":0},
        "holdings":{"added":0,"changed":0,"removed":0},"announced":{"put":0,"deleted":0}}}
        """
      And nowhere is the password told or kept
      When on "one" `catalog add {cwd}/some-weights.bin --id a -q` exits with 0
      And on "one" `catalog sync` exits with 0
      Then it answers with the lines:
        """
        one follows <fleet>, revision 4
          models    0 added, 0 changed, 0 removed
          engines   0 added, 0 changed, 0 removed
          holdings  1 added, 0 changed, 0 removed
          announced  1 told, 0 taken back
        """
      When on "three" `catalog where a --store {fleet} -q` exits with 0
      Then it answers with the lines:
        """
        one
        """
      When on "two" `catalog sync --from {fleet} --node two -q` exits with 0
      And the server is killed
      And on "two" `catalog where a --json` exits with 0
      Then it answers with a document like this:
        """
        {"schema":1,"report":{"id":"a","digest":"<digest>","nodes":[{"node":"one","path":"<path>","bytes":12,"model":"a","verified_at":"<time>",
        "self":false}],"as_of":{"from":"<fleet>","revisions":{"models":4,"engines":4,"holdings":4}}}}
        """
      When on "one" `catalog where a -q` exits with 0
      Then it answers with the lines:
        """
        one
        """
      When on "two" `catalog where zzz` exits with 3
      Then it says on standard error "look with `catalog ls --fleet`"
      When on "two" `catalog ls --fleet` exits with 0
      Then it answers with the lines:
        """
        ID  STATE    TRUST       SIZE  MODE
        a   Pending  unverified     -  fleet
        b   Pending  unverified     -  fleet
        c   Pending  unverified     -  fleet
        """
      When on "two" `catalog ls -q` exits with 0
      Then it answers with the lines:
        """
        """
      When on "two" `catalog register a --source x` exits with 6
      Then it says on standard error "belongs to the fleet in <fleet>"
      When on "two" `catalog rm a --yes` exits with 6
      Then it says on standard error "change it in the fleet"
      When on "two" `catalog sync --read-only` exits with 7
      And the server is started again
      And on "two" `catalog sync --node one` exits with 4
      Then it says on standard error "--node"

    Scenario: A node goes on following through the death of the server
      Given a fleet in PostgreSQL with the models "b", and "some weights" as "a"
      When on "one" `catalog sync --from {fleet} --node one --follow --json` goes on
      Then it tells a round of "one" with 2 added models
      When in the fleet in PostgreSQL "c" is put
      Then it tells a round of "one" with 1 added models
      When the server is killed and started again
      And in the fleet in PostgreSQL "d" is put
      Then it tells a round of "one" with 1 added models
      When it is interrupted
      Then it ends with 130
      When on "one" `catalog sync -q` exits with 0
      Then it answers with the lines:
        """
        one
        """

    Scenario Outline: A sync of a fleet that does not answer ends when it is interrupted, and the next one is not kept out
      Given something that listens, and answers nobody
      When on "one" `catalog sync --from <scheme>://{silent}/models <more>` is interrupted when it has asked there
      Then it ended with 130, and says "Aborted"
      And the same again ends with 130

      Examples:
        | scheme   | more     |
        | postgres |          |
        | postgres | --follow |
        | etcd     |          |

    Scenario Outline: What to do about a server is said of the server, and not of this machine's disk
      When on "one" `catalog ls --store <scheme>://127.0.0.1:1/models --lock-timeout 50` exits with 7
      Then it says on standard error "see that the server runs"

      Examples:
        | scheme   |
        | postgres |
        | etcd     |
