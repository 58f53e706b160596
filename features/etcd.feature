@etcd @slow
Feature: The catalog of a fleet in an etcd

  Background:
    Given an etcd server

  Rule: It keeps what every store promises

    @CAT-FLT-7009 @CAT-CNF-5206
    Scenario: The conformance kit finds nothing that is not kept
      When the conformance kit is run on the server at the levels core and history
      Then every promise is kept that the store claims

    @full @CAT-FLT-7009 @CAT-CNF-5206
    Scenario: The conformance kit finds nothing that is not kept at any level
      When processes of their own put the etcd to the test at every level
      Then the command ends with 0
      And no conformance case of etcd is broken, and 50 or more are passed

    @CAT-FLT-7009
    Scenario: Ids and values that mean something to a server are as any other
      Given a catalog of the fleet on it
      When models with hostile ids and values are put
      Then each is there as it was put, and is found by its id alone
      And who asks for an id that there cannot be is told of none

    @CAT-FLT-7009
    Scenario Outline: A note that no server can keep fails nobody else: <what>
      Given a catalog of the fleet on it
      When a model is put with <what>, and another at the same time
      Then the one is refused as InvalidArgument, and the other is there

      Examples:
        | what                               |
        | a reason with a NUL                |
        | an operation id of 5000 characters |
        | a lease with a NUL                 |

    @CAT-FLT-7009
    Scenario: Those who come first at the same time make one catalog
      When 6 open the catalog at the same time, where there is none yet
      Then all of them have written into one catalog

    @CAT-FLT-7009
    Scenario: A closed handle ends its watches, and refuses
      Given a catalog of the fleet on it
      When it is closed, and used
      Then it can be closed again

    @CAT-FLT-7009
    Scenario: The history tells who made a change, what for and because of what
      Given a catalog of the fleet on it
      When models are put with and without a note of what they are put for
      Then the history tells who made each change, what for and because of what

    @CAT-FLT-7009
    Scenario: What was there is told for every moment
      Given a catalog of the fleet on it
      When 5 models are put into the catalog
      Then what was there at each revision and at each time is told as it was

    @CAT-FLT-7009
    Scenario: What nodes hold is beside the models, and has no history
      Given a catalog of the fleet on it
      When two nodes say what they hold
      Then what they hold is listed and watched, and is no part of the history

    @CAT-FLT-7009
    Scenario: The command keeps the records of a catalog in the etcd, and its blobs in the root
      When a model is added, listed, logged and removed by the command with the etcd as its store
      Then each verb did what it does elsewhere

  Rule: It is a catalog among others on its etcd

    @CAT-FLT-7009
    Scenario: Catalogs whose names begin alike know nothing of each other
      Given a catalog under each of "alike", "alike0", "alik" and "alike r"
      When a model is put into each
      Then each has its own model alone, and tells of it alone

    @CAT-FLT-7009
    Scenario: Ids that mean something elsewhere are ids like any other
      When models of these ids are put into the fleet catalog:
        | '; DROP TABLE entry; -- |
        | lineage                 |
        | r/models/lineage        |
        | head                    |
        | %00                     |
        | {"$ne":1}               |
        | 漢字/é/🚀               |
        | �                       |
      Then each of them comes back as it was, from a list too

    @CAT-FLT-7009
    Scenario Outline: A record of 1 MiB of <filler> is kept and has a history, and a byte more is refused
      When a record of 1048576 bytes of "<filler>" is put twice
      Then it comes back as it was, from a list, a watch and the history too
      When a record of 1048577 bytes is put
      Then it is refused as too large, with its size

      Examples:
        | filler |
        | x      |

    @CAT-FLT-7009
    Scenario: A list of many is one moment, whatever is changed meanwhile
      When 300 models are changed one after the other while lists are read
      Then each list shows the changes up to some moment and none after it

    @CAT-FLT-7009
    Scenario: Who only reads makes nothing and changes nothing
      Then a client that only reads finds nothing, makes nothing, and a put by it is refused with ReadOnly

    @CAT-FLT-7009
    Scenario: Of several members one that does not answer is passed over
      When a client opens the catalog with members of which the first does not answer
      Then it can be used

  Rule: A change is made once, whoever hears of it

    @CAT-FLT-7009 @CAT-FLT-7003
    Scenario Outline: <what>, over a connection that is lost <when>
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When <what> is asked for over a connection that is lost <when>
      Then it is acknowledged, and was made once

      Examples:
        | what                           | when                                  |
        | a put                          | before the server hears of the commit |
        | a put                          | before the commit is answered         |
        | a put                          | while the commit is on its way        |
        | a put that expects what it saw | before the commit is answered         |
        | a put that expects what it saw | while the commit is on its way        |
        | a put of what was not there    | before the commit is answered         |
        | a put of what was not there    | while the commit is on its way        |
        | a deletion                     | before the commit is answered         |
        | a deletion                     | while the commit is on its way        |

    @CAT-FLT-7009 @CAT-FLT-7003
    Scenario: What was refused is not done when it arrives late
      When a put is kept back on its way until another has taken a name that cannot be told from it
      Then it is refused as AlreadyExists
      When the other is deleted, and what was kept back arrives
      Then nobody has the model that was refused

    @CAT-FLT-7009 @CAT-FLT-7003
    Scenario: Where nobody answers any more the client is told that nobody knows
      When a put is cut off after the etcd has it, and nobody answers from then on
      Then it is refused as CommitUnknown

  Rule: Who watches is told every change

    @CAT-FLT-7009 @CAT-FLT-7004
    Scenario: Every change is told once, in order, whatever becomes of the connection
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      And somebody watches the models over the connection that can be cut after 0
      When 12 models are put, and all connections are cut after every third
      Then whoever watches is told every change once, in the order of revisions

    @CAT-FLT-7009 @CAT-FLT-7004
    Scenario: Who is not woken finds out by looking
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      And the server wakes nobody who watches over the connection that can be cut
      And somebody watches the models over the connection that can be cut after 0
      When 3 models are put into the catalog
      Then whoever watches is told every change once, in the order of revisions

    @CAT-FLT-7009 @CAT-FLT-7004
    Scenario: Many who watch with one handle are told alike
      Given a catalog of the fleet on it
      And 100 watch the models with one handle
      When 20 models are put into the catalog
      Then each of them is told every change once, in the order of revisions

    @CAT-FLT-7009 @CAT-FLT-7004
    Scenario: Who was there before what is kept begins again
      When 20 changes are made and then forgotten by the etcd
      And the story is compacted to its newest 5 revisions
      Then a watch after change 3 is refused with Compacted
      And who watches after change 16 is told all others once and in order
      And after 0 all that is there is told, and what comes then
      And what was there after change 16 is told as it was, and after change 3 it is Compacted

    @CAT-FLT-7009 @CAT-FLT-7006
    Scenario: Who saw a revision that there is not is refused
      When 3 changes are made and then forgotten by the etcd
      Then a watch after a revision that there is not is refused with HistoryRewound

  Rule: A history that went back is refused

    @CAT-FLT-7009 @CAT-FLT-7006
    Scenario Outline: An etcd that was set back is refused by who saw more: it <what>
      Given an etcd server of its own
      And a catalog of the fleet on it
      When 3 models are put into the catalog
      And the etcd is copied
      And 3 models are put into the catalog
      And the etcd is set back to the copy
      And the handle that was open before <what>
      Then it is refused as HistoryRewound

      Examples:
        | what              |
        | is asked for "m0" |
        | lists its models  |
        | puts "m0"         |

    @CAT-FLT-7009 @CAT-FLT-7006
    Scenario Outline: Another catalog in the place of the one that was seen is refused: it <what>
      Given a catalog of the fleet on it
      When 3 models are put into the catalog
      And the catalog is removed, and another is made in its place
      And the handle that was open before <what>
      Then it is refused as HistoryRewound

      Examples:
        | what              |
        | is asked for "m0" |
        | lists its models  |
        | puts "m0"         |

  Rule: A lease is had by one, by the clock of the server

    @CAT-FLT-7009 @CAT-FLT-7007
    Scenario: Somebody has it, and another waits
      Given a catalog of the fleet on it
      When "one" takes the lease "gc"
      And "two" takes the lease "gc"
      Then the refusal tells who has it

    @CAT-FLT-7009 @CAT-FLT-7007
    Scenario: Each who takes it has a greater epoch
      Given a catalog of the fleet on it
      When "one" takes the lease "gc" for a moment, which passes
      And "two" takes the lease "gc"
      And "two" takes the lease "gc"
      And "two" releases it
      And "one" takes the lease "gc"
      Then each lease has a greater epoch than the one before it
      And "one" has the lease "gc"

    @CAT-FLT-7009 @CAT-FLT-7007
    Scenario: Who lost it can neither renew it nor write under it
      Given a catalog of the fleet on it
      When "one" takes the lease "gc" for a moment, which passes
      And "two" takes the lease "gc"
      And the first holder renews it
      Then it is refused as Fenced
      When a model is put under the lease of "two"
      And a model is put under the lease of "one"
      Then it is refused as Fenced
      When a model is deleted under the lease of "one"
      Then it is refused as Fenced
      And the model "guarded" is there as "two" put it

    @CAT-FLT-7009 @CAT-FLT-7007
    Scenario: Nobody writes under a lease that is over, although nobody else has it
      Given a catalog of the fleet on it
      When "one" takes the lease "gc" for a moment, which passes
      And a model is put under the lease of "one"
      Then it is refused as Fenced
      And nobody has the lease "gc"

  Rule: No client is restarted because its server was

    @CAT-FLT-7009 @CAT-FLT-7008
    Scenario: While nobody can connect a change waits
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When nobody can connect for a while, and "patient" is put meanwhile over the connection that can be cut
      Then the model "patient" is there

    @CAT-FLT-7009 @CAT-FLT-7008
    Scenario: A process that has nothing to do but to wait for a server is told that there is none
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      When every connection is cut as soon as it is made
      Then a process that opens the catalog there, and waits 300 ms for it, is refused as IoError

    @CAT-FLT-7009 @CAT-FLT-7008
    Scenario: A server that falls silent keeps nobody from closing
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut
      And somebody watches the models over the connection that can be cut
      When the server falls silent
      Then the handle over the connection that can be cut is closed all the same

    @CAT-FLT-7009 @CAT-FLT-7008
    Scenario: Who watches a silent server is told
      Given a catalog of the fleet on it
      And a handle on it over a connection that can be cut, which waits 300 ms for its server
      And somebody watches the models over the connection that can be cut
      When 1 models are put into the catalog
      Then whoever watches is told every change once, in the order of revisions
      When the server falls silent
      Then whoever watches is refused as IoError

    @CAT-FLT-7009 @CAT-FLT-7008
    Scenario: A process ends when its handle is closed
      Given a catalog of the fleet on it
      Then a process that watched it, and closed it, ends by itself

    @CAT-FLT-7009 @CAT-FLT-7008
    Scenario: An etcd that is killed under writers loses nothing that it acknowledged
      Given an etcd server of its own
      Then 8 writers of their own processes put models while the server is killed 2 times

    @full @CAT-FLT-7009 @CAT-FLT-7008
    Scenario: An etcd that is killed again and again under writers loses nothing that it acknowledged
      Given an etcd server of its own
      Then 8 writers of their own processes put models while the server is killed 10 times

  Rule: What the etcd forgets is not forgotten

    @CAT-FLT-7009 @CAT-FLT-7004
    Scenario: Who comes late is told all that happened
      When 300 changes are made and then forgotten by the etcd
      Then who watches after change 1 is told all others once and in order
      And who watches after change 299 is told all others once and in order

    @CAT-FLT-7009 @CAT-FLT-7004
    Scenario: Who was away is told all that happened
      When what comes next is forgotten by the etcd while a watcher is cut off
      Then the watcher is told it all the same, once and in order

  Rule: It is told what a server is that cannot be used

    @CAT-FLT-7009 @CAT-FLT-7005
    Scenario Outline: An etcd of version <version> is WeakServer
      When a client opens the catalog in what answers as an etcd of version "<version>"
      Then it is refused as WeakServer

      Examples:
        | version |
        | 3.3.27  |
        | 2.3.8   |

    @CAT-FLT-7009
    Scenario Outline: What answers with status <status> and is no etcd is told as that
      When a client opens the catalog where something answers with status <status>
      Then it is refused as IoError

      Examples:
        | status |
        | 200    |
        | 404    |
        | 500    |

    @CAT-FLT-7009
    Scenario: An etcd that does not answer is IoError after as long as the client waits, without its password
      When a client opens the catalog where nobody answers
      Then it is refused with IoError, and nobody sees "very-secret"

    @CAT-FLT-7009 @CAT-OBS-6103
    Scenario Outline: What <silence> is IoError, and it is told what was waited for
      When a client waits 20 ms for an answer of what <silence>
      Then it is refused as IoError, because there was no answer to "/version" within 0.02 s

      Examples:
        | silence                         |
        | takes requests and is silent    |
        | begins an answer and is silent  |

    @CAT-FLT-7009
    Scenario Outline: <url> names no etcd
      When a client opens the url "<url>"
      Then it is refused with InvalidArgument, and nobody sees "very-secret"

      Examples:
        | url                                     |
        | etcd://                                 |
        | redis://a:very-secret@localhost/x       |
        | etcd://a:very-secret@local host:1/x     |
        | etcd://a:very-secret@localhost:99999/x  |
        | etcd://a:%ffvery-secret@localhost/x     |
        | etcd://a:very-secret@localhost?schema=x |

    @CAT-FLT-7009
    Scenario Outline: A catalog that says <value> of itself is <code>
      When a client opens a catalog of which 'lineage' is '<value>'
      Then it is refused as <code>

      Examples:
        | value                          | code                     |
        | {"schema":2,"lineage":"x"} | SchemaVersionUnsupported |
        | nonsense                       | IndexCorrupt             |

    @CAT-FLT-7009
    Scenario Outline: <value> in place of a record is damage
      When somebody writes '<value>' over a model of the fleet catalog
      Then it is refused as IndexCorrupt

      Examples:
        | value           |
        | nonsense        |
        | {"id":"a"}  |

  Rule: An etcd that asks for names is told them

    @CAT-FLT-7009
    Scenario Outline: "<user>" with "<password>" is PermissionDenied
      Given an etcd that asks everybody for a name, with a catalog in it
      When "<user>" opens it with "<password>"
      Then it is refused with PermissionDenied, and nobody sees "<password>"

      Examples:
        | user | password     |
        | root | wrong-secret |
        | ann  | her-secret   |

    @CAT-FLT-7009
    Scenario: Who has no name is PermissionDenied
      Given an etcd that asks everybody for a name, with a catalog in it
      When "" opens it with ""
      Then it is refused as PermissionDenied

    @CAT-FLT-7009
    Scenario: Who may read reads, and a put by it is PermissionDenied
      Given an etcd that asks everybody for a name, with a catalog in it
      When "reader" opens it with "reader-secret"
      Then what is there is read, and a put is refused with PermissionDenied

    @CAT-FLT-7009
    Scenario: Who was let in is let in again when the etcd comes back
      Given an etcd that asks everybody for a name, with a catalog in it
      When "root" opens it with "root-secret"
      And the etcd is killed and comes back
      Then it can be used
